// What is seen of a conversation: the bar that is always in reach (112, Veilig Thuis, leave), what this is, the log, the field. The
// conversation itself is in talk.ts, the cards are in cards.ts. Focus moves only on what the user does: a choice that disappears hands it
// to the message that it became.

import css from "./style.css?inline";
import { type Desk, show } from "./cards.js";
import { add, h, icon, prose } from "./dom.js";
import { leave } from "./leave.js";
import { PAUSE, ShiftCounter } from "./shift.js";
import { copy, print, style } from "./take.js";
import { Talk, type State, type View } from "./talk.js";
import { line, tel, webAddress } from "./text.js";
import type { Answer, Choice, Entry, Message, Opening, Turn } from "./types.js";
import { Vocabulary } from "./words.js";

/** Characters of one message, as on the server. */
const MOST = 2000;
/** From here it is said how many characters are left. */
const NEARLY = 1700;
/** Milliseconds before it is said that an answer is being made: most come sooner. */
const SHORTLY = 500;
/** Milliseconds in which what comes into the log is not announced. */
const QUIET = 250;
/** Milliseconds that an announcement stays. */
const SPOKEN = 5000;
const STEPS = [1, 2, 3, 4, 5];
const STARTS = ["widget_start_1", "widget_start_2", "widget_start_3"];
const SEND = "M4 12l16-8-6 16-3-6z";

export class Chat implements View {
  private readonly words = new Vocabulary();
  private readonly shift = new ShiftCounter();
  private readonly relabel: (() => void)[] = [];
  private readonly talk: Talk;
  private exit: string;
  private log!: HTMLElement;
  private notice!: HTMLElement;
  private aloud!: HTMLElement;
  private welcome!: HTMLElement;
  private progress!: HTMLElement;
  private field!: HTMLTextAreaElement;
  private counter!: HTMLElement;
  private away!: HTMLButtonElement;
  private ended!: HTMLElement;
  private frame!: HTMLElement;
  private form!: HTMLFormElement;
  private waiting: number | undefined;
  private spoken: number | undefined;
  /** Everything was told again, and that has still to be said. */
  private resumed = false;
  private mine: HTMLElement | undefined;
  private alarms: HTMLElement[] = [];
  private now: State = "klaar";
  /** What a signed link says first, also when it is begun anew. */
  private first: readonly Message[] = [];

  /** `host`: the element to fill; `server`: where the conversation is held; `entry`: what the tag says. */
  constructor(
    private readonly host: HTMLElement,
    private readonly server: string,
    entry: Entry,
  ) {
    this.exit = this.words.say("verlaat_naar");
    this.words.rol = entry.rol ?? "";
    this.talk = new Talk(server, entry, this, {
      fetch: (url, options) => fetch(url, options),
      later: (action, milliseconds) => setTimeout(action, milliseconds),
      now: () => Date.now(),
      beacon: (url, body) =>
        void (
          navigator.sendBeacon?.(url, body) || fetch(url, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => 0)
        ),
    });
    this.build();
  }

  /** Stand on a page: listen to it, and ask the server to be let in. */
  enter(): void {
    for (const [target, name, listener] of this.listeners) target.addEventListener(name, listener, true);
    void this.talk.open();
  }

  /** Taken off the page. */
  exitPage(): void {
    for (const [target, name, listener] of this.listeners) target.removeEventListener(name, listener, true);
  }

  // -- the frame -------------------------------------------------------------------------------------------------------------

  private build(): void {
    const root = this.host.attachShadow({ mode: "open" });
    style(root, css);
    const t = (key: string): Text => this.text(key);
    const bar = h(
      "nav",
      { class: "balk" },
      h(
        "a",
        { class: "n112", href: tel(this.words.say("nummer_112")) },
        h("span", {}, t("pagina_nood_112"), " "),
        h("b", {}, t("nummer_112")),
      ),
      h("a", { class: "nvt", href: tel(this.words.say("nummer_vt")) }, h("span", {}, t("pagina_nood_vt"), " "), h("b", {}, t("nummer_vt"))),
      (this.away = h("button", { type: "button", class: "weg", click: () => this.leave() }, t("pagina_verlaat"))),
    );
    this.label(bar, "pagina_noodbalk");
    this.progress = h(
      "ol",
      { class: "stappen", hidden: true },
      STEPS.map((step) => h("li", {}, t(`widget_stap_${step}`))),
    );
    this.label(this.progress, "widget_voortgang");
    this.welcome = h(
      "section",
      { class: "welkom", tabindex: "-1" },
      h("p", { class: "wat" }, t("widget_wel_kop")),
      h(
        "ul",
        {},
        ["widget_wel_1", "widget_wel_2", "widget_wel_3"].map((key) => h("li", {}, t(key))),
      ),
      h("p", { class: "begin" }, t("widget_begin")),
      this.starts(),
    );
    this.log = h("div", { class: "log", role: "log" });
    this.label(this.log, "pagina_gesprek");
    this.notice = h("div", { class: "status", role: "status" });
    this.aloud = h("div", { class: "v", role: "status" });
    this.ended = h(
      "div",
      { class: "einde" },
      h("button", { type: "button", class: "knop", click: () => this.again() }, t("widget_nieuw_gesprek")),
    );
    root.appendChild(
      (this.frame = h(
        "section",
        { class: "rk", lang: "nl", "aria-labelledby": "titel" },
        bar,
        this.progress,
        h("header", {}, h("h2", { id: "titel" }, t("widget_titel")), h("p", {}, t("widget_ondertitel"))),
        h("div", { class: "midden" }, this.welcome, this.log, this.notice, this.ended),
        this.composer(),
        this.footer(),
        this.aloud,
      )),
    );
  }

  private starts(): HTMLElement {
    const buttons = STARTS.map((key) =>
      h("button", { type: "button", click: () => this.say({ text: this.words.say(key) }, true) }, this.text(key)),
    );
    const group = h("div", { class: "keuzes", role: "group" }, buttons);
    this.label(group, "widget_start_label");
    return group;
  }

  private composer(): HTMLElement {
    this.field = h("textarea", {
      id: "veld",
      rows: 1,
      lang: "nl",
      autocomplete: "off",
      autocapitalize: "sentences",
      // some browsers send what is typed to a service to check it, before anything is masked
      spellcheck: "false",
      writingsuggestions: "false",
      "aria-describedby": "hulp teller",
      input: () => this.measure(),
      keydown: (event) => this.typed(event as KeyboardEvent),
    });
    this.counter = h("div", { class: "teller", id: "teller" });
    this.form = h(
      "form",
      { class: "invoer", autocomplete: "off", submit: (event) => this.submit(event) },
      h("label", { for: "veld" }, this.text("pagina_veld")),
      h(
        "div",
        { class: "regel" },
        this.field,
        h("button", { type: "submit", class: "knop" }, icon(SEND), h("span", {}, this.text("pagina_verstuur"))),
      ),
      h("p", { class: "hulp", id: "hulp" }, this.text("widget_toetsen")),
      this.counter,
    );
    return this.form;
  }

  private footer(): HTMLElement {
    const privacy = h("div", {});
    this.keep(() =>
      privacy.replaceChildren(...([prose(this.words.say("pagina_privacy")), prose(this.words.say("widget_bewaart"))].flat() as Node[])),
    );
    const leaving = h("div", {});
    this.keep(() => leaving.replaceChildren(...(prose(this.words.say("widget_weg_uitleg")) as Node[])));
    return h(
      "footer",
      {},
      h(
        "div",
        { class: "acties" },
        h("button", { type: "button", class: "stil-knop", click: () => this.again() }, this.text("pagina_opnieuw")),
        h("button", { type: "button", class: "stil-knop", click: () => this.stop() }, this.text("pagina_stop")),
      ),
      h("details", {}, h("summary", {}, this.text("widget_meer_weten")), privacy),
      h("details", {}, h("summary", {}, this.text("widget_weg_kop")), leaving),
    );
  }

  /** A text that follows the words, also when newer ones arrive or the form of address changes. */
  private text(key: string): Text {
    const node = document.createTextNode("");
    this.keep(() => (node.data = this.words.say(key)));
    return node;
  }

  private label(node: HTMLElement, key: string): void {
    this.keep(() => node.setAttribute("aria-label", this.words.say(key)));
  }

  private keep(update: () => void): void {
    update();
    this.relabel.push(update);
  }

  // -- what the user does ----------------------------------------------------------------------------------------------------

  /** Send a turn; `moved`: by a control that goes away now, so the focus goes to the message that it becomes. */
  private say(turn: Turn, moved = false, closing = true): boolean {
    if (this.now === "verlopen" || this.talk.busy) {
      // what is already said about the connection stays
      if (this.now === "onderweg" || this.now === "wacht") this.tell("widget_bezig");
      else this.announce(this.words.say("widget_bezig"));
      return false;
    }
    this.welcome.querySelector(".keuzes")?.remove();
    this.close(closing);
    this.mine = this.bubble(turn.title ?? turn.text ?? "", moved);
    if (moved) this.mine.focus({ preventScroll: true });
    this.reveal(this.mine, this.mine);
    this.progress.hidden = this.progress.hasAttribute("data-niet");
    this.talk.say(turn);
    return true;
  }

  private submit(event: Event): void {
    event.preventDefault();
    const text = this.field.value;
    if (!text.trim()) return this.tell("leeg");
    if (text.length > MOST) return this.tell("te_lang");
    if (this.say({ text })) {
      this.field.value = "";
      this.measure();
    }
  }

  private typed(event: KeyboardEvent): void {
    // on a phone Enter makes a new line, as people expect there
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !matchMedia("(pointer: fine)").matches) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  private measure(): void {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 4}px`;
    const left = MOST - this.field.value.length;
    this.counter.textContent =
      left > MOST - NEARLY ? "" : this.words.say(left < 0 ? "widget_te_veel" : "widget_over", { aantal: Math.abs(left) });
    this.counter.classList.toggle("fout", left < 0);
  }

  /** Erase everything and begin anew. */
  private again(): void {
    this.clear();
    void this.talk.open();
    this.welcome.focus();
  }

  /** Erase everything and say so. */
  private stop(): void {
    this.clear();
    this.log.append(this.message(show({ text: this.words.say("widget_gestopt") }, this.desk).node, true));
    this.close();
    this.frame.classList.add("gestopt");
    this.ended.querySelector("button")?.focus();
  }

  private clear(): void {
    const pending = this.talk.end();
    if (pending?.text && !this.field.value) this.field.value = pending.text;
    this.log.replaceChildren();
    this.frame.classList.remove("gestopt");
    this.mine = undefined;
    this.step(undefined);
    this.progress.hidden = true;
    this.state("klaar");
    if (!this.welcome.querySelector(".keuzes")) this.welcome.appendChild(this.starts());
    this.measure();
  }

  private leave(): void {
    this.talk.end();
    this.host.hidden = true;
    leave(this.exit);
  }

  // -- the whole page --------------------------------------------------------------------------------------------------------

  private readonly listeners: readonly [EventTarget, string, (event: Event) => void][] = [
    [document, "keydown", (event) => this.key(event as KeyboardEvent)],
    [document, "keyup", (event) => this.key(event as KeyboardEvent)],
    [document, "pointerdown", () => this.counted(this.shift.down("") ? 0 : undefined)],
    [window, "online", () => this.talk.hurry()],
    [window, "pagehide", (event) => (event as PageTransitionEvent).persisted || this.talk.end()],
  ];

  private key(event: KeyboardEvent): void {
    if (event.type === "keydown") return this.counted(this.shift.down(event.key, event.repeat) ? 0 : undefined);
    const left = this.shift.up(event.key, Date.now());
    if (left === 0) {
      this.aloud.textContent = this.words.say("widget_weg_bezig");
      return this.leave();
    }
    this.counted(left);
    if (left) setTimeout(() => this.shift.forgotten(Date.now()) && this.counted(0), PAUSE + 50);
  }

  /** Say how many presses of Shift are left; 0: it does not count any more. */
  private counted(left: number | undefined): void {
    if (left === undefined) return;
    this.away.dataset.tel = left ? `${3 - left}` : "";
    this.announce(this.words.say(`widget_shift_${left}`));
  }

  // -- what the conversation says --------------------------------------------------------------------------------------------

  opened(opening: Opening): void {
    this.words.take(opening.woorden);
    this.exit = webAddress(opening.verlaat) || this.exit;
    this.address(opening.rol);
    if (opening.rol && opening.berichten) this.first = opening.berichten;
    // a link says itself how to begin
    if (this.first.length) for (const gone of this.welcome.querySelectorAll(".begin, .keuzes")) gone.remove();
    const said = opening.berichten ?? this.first;
    if (!this.log.childElementCount) this.reply({ berichten: said });
  }

  private address(rol: string | null | undefined): void {
    if (rol) this.words.rol = rol;
    this.relabel.forEach((update) => update());
  }

  state(state: State): void {
    const before = this.now;
    this.now = state;
    clearTimeout(this.waiting);
    this.mine?.classList.toggle("wacht", state === "weg" || state === "verlopen");
    if (state === "onderweg") {
      this.waiting = setTimeout(
        () => this.tell("pagina_denkt", h("span", { class: "stippen" }, h("i"), h("i"), h("i"))),
        before === "wacht" ? 0 : SHORTLY,
      );
    } else if (state === "klaar") {
      if (this.resumed) this.tell("widget_hervat");
      else if (before === "weg") this.tell("widget_weer");
      else if (before !== "herkomst") this.notice.replaceChildren();
      this.resumed = false;
    } else if (state === "wacht") {
      this.tell("widget_wacht");
    } else if (before !== state) {
      this.trouble(state);
    }
  }

  private trouble(state: State): void {
    const press = (key: string, action: () => void): HTMLElement =>
      h("button", { type: "button", class: "knop", click: action }, this.words.say(key));
    if (state === "weg") {
      this.tell(
        "widget_geen_verbinding",
        press("widget_probeer", () => this.talk.hurry()),
      );
      if (this.mine) this.reveal(this.notice, this.notice);
      return;
    }
    if (state === "herkomst") {
      this.form.hidden = true;
      this.welcome.querySelector(".keuzes")?.remove();
      this.tell(
        "widget_niet_hier",
        h("a", { class: "knop", href: `${this.server}/chat`, rel: "noopener" }, this.words.say("widget_naar_chat")),
      );
      return;
    }
    this.tell(
      "widget_verlopen",
      press("widget_verder_hier", () => {
        this.now = "klaar";
        this.field.focus();
        this.talk.resume();
      }),
      press("pagina_opnieuw", () => this.again()),
    );
    this.reveal(this.notice, this.notice);
  }

  alarm(messages: readonly Message[]): void {
    this.alarms = messages.map((message) => this.message(show(message, this.desk).node, true));
    this.log.append(...this.alarms);
    const first = this.alarms[0];
    if (first) this.reveal(first, this.alarms[this.alarms.length - 1] ?? first);
  }

  answered(turn: Turn, answer: Answer): void {
    // the answer holds the card again, with its question
    for (const gone of this.alarms.splice(0)) gone.remove();
    if (answer.einde) this.log.replaceChildren();
    else if (turn.text && answer.gelezen !== undefined) this.masked(this.mine, answer.gelezen);
    this.address(answer.rol);
    const first = this.log.lastElementChild;
    this.reply(answer);
    this.mine = undefined;
    const shown = first ? first.nextElementSibling : this.log.firstElementChild;
    if (shown) this.reveal(shown, this.log.lastElementChild ?? shown);
    if (answer.einde === "gestopt") {
      this.close();
      this.frame.classList.add("gestopt");
    }
  }

  refused(turn: Turn, reason: string): void {
    this.mine?.remove();
    this.mine = undefined;
    if (turn.text && !this.field.value) this.field.value = turn.text;
    this.measure();
    if (this.now !== "herkomst") this.notice.replaceChildren(...(prose(reason || this.words.say("storing")) as Node[]));
  }

  retold(turns: readonly (readonly [Turn, Answer])[]): void {
    const waiting = this.mine;
    this.hush();
    this.log.replaceChildren();
    for (const [turn, answer] of turns) {
      this.close();
      this.masked(this.bubble(turn.title ?? turn.text ?? ""), turn.text ? answer.gelezen : undefined);
      this.reply(answer);
    }
    this.close();
    if (waiting) this.log.appendChild(waiting);
    this.resumed = true;
  }

  // -- showing ---------------------------------------------------------------------------------------------------------------

  /** What the user said; `focused`: it gets the focus and is read because of that, so not once more as an announcement. */
  private bubble(text: string, focused = false): HTMLElement {
    const node = h(
      "div",
      { class: "bericht jij", tabindex: "-1", "aria-live": focused && "off" },
      h("span", { class: "v" }, `${this.words.say("pagina_jij_zei")} `),
      h("div", { class: "tekst" }, prose(text, false)),
    );
    this.log.appendChild(node);
    return node;
  }

  /** Show what the server read instead of what was typed, where names were taken out. */
  private masked(bubble: HTMLElement | undefined, read: string | undefined): void {
    const words = bubble?.querySelector(".tekst");
    const made = h("div", {}, prose(read ?? "", false));
    if (words && read && words.textContent !== made.textContent) words.replaceChildren(...made.childNodes);
  }

  /** Show an answer. It is put in the log in one go, so that a screen reader says each of its messages once. */
  private reply(answer: Pick<Answer, "berichten">): void {
    const made = answer.berichten.map((message) => show(message, this.desk));
    const nodes = made.map((one, at) => this.message(one.node, at === 0));
    // what can be chosen: the answers to the last question, and what the last other card offers
    const last = (asks: boolean): number => made.map((one) => one.choices.length > 0 && one.asks === asks).lastIndexOf(true);
    for (const at of new Set([last(false), last(true)])) {
      const one = made[at];
      if (!one) continue;
      const [answers, apart] = [one.choices.filter((choice) => !choice.apart), one.choices.filter((choice) => choice.apart)];
      if (answers.length) nodes[at]?.appendChild(this.choices(answers, one.asks ? "groot" : "", one.asks ? one.question : ""));
      if (apart.length) nodes[at]?.appendChild(this.choices(apart, "apart", ""));
    }
    if (made.some((one) => one.brief)) {
      // a card to take along is long: its beginning is said, and that the rest can be read
      const said = made.map((one, at) => one.brief || line(answer.berichten[at]?.text));
      this.hush();
      this.announce([this.words.say("pagina_routekaart_zei"), ...said, this.words.say("widget_kaart_staat")].join(" "));
    }
    this.log.append(...nodes);
    const step = made.map((one) => one.step).filter((one) => one !== undefined);
    if (step.length) this.step(step[step.length - 1]);
  }

  private readonly desk: Desk = {
    server: this.server,
    say: this.words.say,
    copy: (text, button) => void this.copied(text, button),
    print: (card) =>
      print(card, this.words.say("widget_titel"), this.words.say("widget_print_regel", { datum: new Date().toLocaleDateString("nl-NL") })),
    remove: (sign, title, button) => this.takeAway(sign, title, button),
  };

  /** A message of ours; `speaks`: the first of an answer says whose it is. */
  private message(node: HTMLElement, speaks: boolean): HTMLElement {
    return h("div", { class: "bericht" }, speaks && h("span", { class: "v" }, `${this.words.say("pagina_routekaart_zei")} `), node);
  }

  /** What is added to the log now is not said by itself. */
  private hush(): void {
    this.log.setAttribute("aria-live", "off");
    setTimeout(() => this.log.removeAttribute("aria-live"), QUIET);
  }

  /** For the ear only; it is gone again before somebody reads on from top to bottom. */
  private announce(text: string): void {
    this.aloud.textContent = text;
    clearTimeout(this.spoken);
    this.spoken = setTimeout(() => (this.aloud.textContent = ""), SPOKEN);
  }

  /** Buttons; `question`: the id of what they answer. */
  private choices(given: readonly Choice[], kind: string, question: string): HTMLElement {
    const buttons = given.map((one) =>
      h(
        "button",
        { type: "button", click: () => this.say({ payload: one.payload, title: one.title }, true), "data-keuze": one.payload },
        one.note ? [h("b", {}, one.title, " "), h("span", {}, one.note)] : one.title,
      ),
    );
    const named = question ? { "aria-labelledby": question } : { "aria-label": this.words.say("verder") };
    return h("div", { class: `keuzes ${kind}`, role: "group", ...named }, buttons);
  }

  /** What was offered before does not count any more; `signs`: taking a sign away neither. */
  private close(signs = true): void {
    for (const gone of this.log.querySelectorAll(signs ? ".keuzes, .weg-x" : ".keuzes")) gone.remove();
  }

  /** A sign that was read wrong. The card that showed it offers that (bot/server/channels.py). */
  private takeAway(sign: string, title: string, button: HTMLElement): void {
    if (
      !this.say(
        { payload: `/antwoord${JSON.stringify({ signaal_weg: sign })}`, title: this.words.say("widget_haal_weg", { naam: title }) },
        true,
        false,
      )
    )
      return;
    button.parentElement?.classList.add("weggehaald");
    button.remove();
  }

  private step(step: number | null | undefined): void {
    // null: the meldcode is not the way here, so its steps would mislead
    this.progress.toggleAttribute("data-niet", step === null);
    this.progress.hidden = step === null || !this.log.childElementCount;
    [...this.progress.children].forEach((item, at) => {
      item.classList.toggle("hier", at + 1 === step);
      if (at + 1 === step) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
  }

  private tell(key: string, ...more: Node[]): void {
    const said = h("div", { class: "zin" }, prose(this.words.say(key)));
    add(said, more);
    this.notice.replaceChildren(said);
  }

  private async copied(text: string, button: HTMLElement): Promise<void> {
    if (await copy(text)) {
      this.announce(this.words.say("widget_gekopieerd"));
      const done = h("span", { class: "klaar", "aria-hidden": "true" }, this.words.say("widget_gekopieerd"));
      button.after(done);
      setTimeout(() => done.remove(), 2500);
      return;
    }
    const byHand = h("textarea", { class: "zelf", readonly: true, rows: 6, "aria-label": this.words.say("widget_kopieer_zelf") });
    byHand.value = text;
    button.after(h("div", { class: "zelf-kopieren" }, h("p", {}, this.words.say("widget_kopieer_zelf")), byHand));
    byHand.focus();
    byHand.select();
  }

  /** Bring what is new into view: its end when all of it fits, else its beginning. */
  private reveal(first: Element, last: Element): void {
    const height = last.getBoundingClientRect().bottom - first.getBoundingClientRect().top;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    if (height < innerHeight * 0.6) last.scrollIntoView({ block: "nearest", behavior });
    else first.scrollIntoView({ block: "start", behavior });
  }
}
