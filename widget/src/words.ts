// The widget's words: from the server as soon as it answers, before that (and without a connection) the copy that was built in.

import built from "./words.json";
import { fill } from "./text.js";
import type { Words } from "./types.js";

export class Vocabulary {
  private words: Words = built;
  /** The role decides the form of address: doctors are addressed with u. */
  rol = "";

  /** The text of a key; empty where there is none. */
  say = (key: string, values?: Record<string, string | number>): string => {
    const given = this.words[key] ?? "";
    const text = typeof given === "string" ? given : (given[this.rol === "huisarts" ? 1 : 0] ?? given[0] ?? "");
    return fill(text, values);
  };

  /** Newer words, on top of those that are here. */
  take(words: Words | undefined): void {
    if (words) this.words = { ...this.words, ...words };
  }
}
