// The conversation with the server: numbered messages that are never lost and never doubled.
//
// One message is on its way at a time. Until it is answered it stays pending and is sent again, with the same number: the server answers
// a number once and remembers that answer. What the user said stands in this object only, so that a server that forgot the conversation
// (a restart) can be told again; nothing is stored in the browser.

import type { Answer, Entry, Message, Opening, Turn } from "./types.js";

/** What the conversation has to say to who shows it. */
export interface View {
  /** The server let us in. */
  opened(opening: Opening): void;
  /** How the message that is on its way fares; "klaar": there is none. */
  state(state: State): void;
  /** A turn was answered. */
  answered(turn: Turn, answer: Answer): void;
  /** A turn could not be answered (yet), but it tells of danger: this is shown at once. */
  alarm(messages: readonly Message[]): void;
  /** A turn can't be sent as it is, for a reason in words; it is no longer pending. */
  refused(turn: Turn, reason: string): void;
  /** Everything was told again to a server that had forgotten: these turns with these answers replace what was shown. */
  retold(turns: readonly (readonly [Turn, Answer])[]): void;
}

/** weg: no connection. wacht: the server asks for patience. verlopen: erased after a silence, the user decides. herkomst: not here. */
export type State = "klaar" | "onderweg" | "weg" | "wacht" | "verlopen" | "herkomst";

/** The parts of a browser that are needed, so that tests can bring their own. */
export interface World {
  fetch(url: string, options: RequestInit): Promise<Response>;
  later(action: () => void, milliseconds: number): unknown;
  now(): number;
  beacon(url: string, body: string): void;
}

export const HEADER = "X-Routekaart";
/** Milliseconds to wait for an answer. */
const PATIENCE = 20_000;
/** Seconds between attempts without a connection; the last one goes on. */
const PAUSES = [1, 2, 4, 8, 15];
/** A conversation that was silent for less than this (milliseconds) was forgotten by a restart; after more it was erased on purpose. */
const SILENCE = 25 * 60_000;

/** The server no longer knows the conversation. */
class Forgotten extends Error {}

/** The server does not want this message; `message` says why. */
class Refused extends Error {}

export class Talk {
  private token = "";
  private number = 0;
  private history: Turn[] = [];
  private heard = 0;
  private wake: (() => void) | undefined;
  private pending: Turn | undefined;
  private closed = 0;
  private blocked = false;
  private tell = false;
  private alarmed: Turn | undefined;

  constructor(
    private readonly server: string,
    private entry: Entry,
    private readonly view: View,
    private readonly world: World,
  ) {}

  /** Whether a message is on its way. */
  get busy(): boolean {
    return this.pending !== undefined;
  }

  /** Ask to be let in. Nothing is kept for it on the server. */
  async open(): Promise<void> {
    if (this.token || this.busy) return;
    try {
      await this.opening();
      this.view.state("klaar");
    } catch {
      if (!this.blocked && !this.busy) this.view.state("weg");
    }
  }

  /** Send a turn and show what comes back; false where another is still on its way. */
  say(turn: Turn): boolean {
    if (this.busy) return false;
    this.pending = turn;
    void this.run();
    return true;
  }

  /** Try again now instead of later. */
  hurry(): void {
    if (this.busy) this.wake?.();
    else void this.open();
  }

  /** After a long silence: go on where it was, by telling everything again. */
  resume(): void {
    this.heard = this.world.now();
    if (this.pending) void this.run();
  }

  /** Forget everything, here and on the server; gives back what was still pending. */
  end(): Turn | undefined {
    const pending = this.pending;
    if (this.token && (this.number || pending))
      this.world.beacon(`${this.server}/gesprek/einde`, JSON.stringify({ ...this.entry, token: this.token }));
    this.closed += 1;
    this.token = "";
    this.number = 0;
    this.history = [];
    this.tell = false;
    this.pending = undefined;
    this.wake?.();
    return pending;
  }

  // -- one turn --------------------------------------------------------------------------------------------------------------

  private async run(): Promise<void> {
    const mine = this.closed;
    let lost = 0;
    try {
      while (this.pending && mine === this.closed) {
        try {
          if (this.tell) await this.retell(mine);
          if (mine !== this.closed) return;
          const turn = this.pending;
          const answer = await this.deliver(turn, mine);
          if (!answer) return;
          this.took(turn, answer);
        } catch (error) {
          if (!(error instanceof Forgotten)) throw error;
          this.token = "";
          this.number = 0;
          this.tell = this.history.length > 0;
          if (this.tell && this.world.now() - this.heard > SILENCE) return this.view.state("verlopen");
          if (++lost > 2) await this.pause(PAUSES.length, "weg");
        }
      }
    } catch (error) {
      if (mine !== this.closed) return;
      const turn = this.pending;
      this.pending = undefined;
      this.view.state(this.blocked ? "herkomst" : "klaar");
      if (turn) this.view.refused(turn, error instanceof Refused ? error.message : "");
    }
  }

  private took(turn: Turn, answer: Answer): void {
    this.history = answer.einde ? [] : [...this.history, turn];
    this.pending = undefined;
    this.view.state("klaar");
    this.view.answered(turn, answer);
    if (answer.einde === "gestopt") this.end();
  }

  /** Tell a server that forgot everything what was said so far. */
  private async retell(mine: number): Promise<void> {
    const told: (readonly [Turn, Answer])[] = [];
    for (const turn of this.history) {
      const answer = await this.deliver(turn, mine);
      if (!answer) return;
      told.push([turn, answer]);
    }
    this.tell = false;
    this.view.retold(told);
  }

  /** Send one turn with the next number, as often as it takes. Nothing when the conversation was closed meanwhile. */
  private async deliver(turn: Turn, mine: number): Promise<Answer | undefined> {
    for (let attempt = 0; mine === this.closed; attempt++) {
      this.view.state(attempt ? "weg" : "onderweg");
      let reply: Response | undefined;
      let data: Record<string, unknown> = {};
      try {
        if (!this.token) await this.opening();
        const said = turn.payload ? { keuze: turn.payload } : { bericht: turn.text };
        reply = await this.post(
          "zeg",
          { ...this.entry, ...said, nummer: this.number + 1 },
          { [HEADER]: this.token, "Content-Type": "application/json" },
        );
        data = (await reply.json()) as Record<string, unknown>;
      } catch (error) {
        if (error instanceof Refused) throw error;
        await this.pause(PAUSES[Math.min(attempt, PAUSES.length - 1)] ?? 1, "weg");
        continue;
      }
      if (mine !== this.closed) return undefined;
      if (reply.ok) {
        this.number += 1;
        this.heard = this.world.now();
        return data as unknown as Answer;
      }
      this.alarm(turn, data.berichten);
      if (reply.status === 410 || reply.status === 409) throw new Forgotten();
      if (reply.status === 403) this.notHere();
      if (reply.status === 429) {
        await this.pause(Number(data.wacht) || 3, "wacht");
        attempt = -1;
      } else if (reply.status < 500) {
        throw new Refused(typeof data.tekst === "string" ? data.tekst : "");
      } else {
        await this.pause(PAUSES[Math.min(attempt, PAUSES.length - 1)] ?? 1, "weg");
      }
    }
    return undefined;
  }

  /** Beside a refusal: what is in danger can't wait for a server that is well again. Once for each message. */
  private alarm(turn: Turn, messages: unknown): void {
    if (!Array.isArray(messages) || !messages.length || this.alarmed === turn) return;
    this.alarmed = turn;
    this.view.alarm(messages as Message[]);
  }

  private async opening(): Promise<void> {
    // sent as plain text: such a request needs no permission beforehand, so that a site that is not on the list gets to know that
    const reply = await this.post("begin", this.entry, { "Content-Type": "text/plain" });
    if (reply.status === 403) this.notHere();
    if (!reply.ok) throw new Error();
    const opening = (await reply.json()) as Opening;
    this.token = opening.token;
    this.number = 0;
    if (this.entry.link) {
      // from here on the token of the conversation knows what the link said
      const { link: _, ...rest } = this.entry;
      this.entry = { ...rest, ...(opening.rol && { rol: opening.rol }), ...(opening.gemeente && { gemeente: opening.gemeente }) };
    }
    this.view.opened(opening);
  }

  private notHere(): never {
    this.blocked = true;
    this.view.state("herkomst");
    throw new Refused("");
  }

  private post(path: string, body: unknown, headers: Record<string, string>): Promise<Response> {
    const stop = new AbortController();
    this.world.later(() => stop.abort(), PATIENCE);
    return this.world.fetch(`${this.server}/gesprek/${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      signal: stop.signal,
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
  }

  private pause(seconds: number, state: State): Promise<void> {
    this.view.state(state);
    return new Promise((resolve) => {
      this.wake = resolve;
      this.world.later(resolve, seconds * 1000);
    });
  }
}
