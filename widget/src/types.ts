// What travels between the widget and the server (bot/server/widget_routes.py) and what a card may hold. Everything from the server is
// read with care: the fields of a card are `unknown` until they were looked at (text.ts).

/** A card (contract §2): `type`, and fields that depend on it. */
export type Card = Readonly<Record<string, unknown>>;

/** Something that can be chosen: what it is called, and what to send. */
export interface Choice {
  readonly title: string;
  readonly payload: string;
  /** A line under the title. */
  readonly note?: string;
  /** It belongs to no question and stands by itself. */
  readonly apart?: boolean;
}

/** One message of a reply. */
export interface Message {
  readonly text?: string;
  readonly custom?: Card;
  readonly buttons?: readonly unknown[];
}

/** The answer to one numbered message. `gelezen`: the message as it was masked; `einde`: the conversation was stopped or begun again. */
export interface Answer {
  readonly nummer: number;
  readonly berichten: readonly Message[];
  readonly rol?: string | null;
  readonly gelezen?: string;
  readonly einde?: "gestopt" | "opnieuw";
}

/** Texts by key: a string, or one for everyone and one for doctors. */
export type Words = Readonly<Record<string, string | readonly string[]>>;

/** The answer to `begin`. */
export interface Opening {
  readonly token: string;
  readonly woorden?: Words;
  readonly verlaat?: string;
  readonly rol?: string | null;
  readonly gemeente?: string | null;
  /** What to show first, where a signed link was sent along. */
  readonly berichten?: readonly Message[];
}

/** What the tag says about where it stands. */
export interface Entry {
  readonly rol?: string;
  readonly gemeente?: string;
  readonly school?: string;
  /** A signed link; sent once, then forgotten. */
  readonly link?: string;
}

/** What the user does in one go: `text` is typed, `payload` is chosen, with `title` as its words. */
export interface Turn {
  readonly text?: string;
  readonly payload?: string;
  readonly title?: string;
}
