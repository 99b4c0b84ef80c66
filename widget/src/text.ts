// Reading values that others made, and text with phone numbers in it. Pure; nothing here touches the page.

import type { Choice } from "./types.js";

const NUMBER = /^[+(]?\d[\d\s().-]*$/;
const DOMAIN = /^(?:[\w-]+\.)+[a-z]{2,}(?:\/\S*)?$/i;
const HTTP = /^https?:\/\/[^\s"'<>\\]+$/i;
// phone numbers inside a sentence; only the shapes in use, so that "24 uur" behind a number never becomes part of it
const IN_TEXT = /(^|[^\w+-])(112|113|0[89]00-(?:\d{4}(?!\d)|\d{2,3}(?: \d{2,4}){1,2})|0\d{2,3}-\d{3} (?:\d{4}|\d{2} \d{2}))(?![\w-])/g;

/** A value as one text; empty for nothing and for anything that is no text. */
export const line = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? `${value}`.trim() : "");

/** A text or a list of texts as the texts that are not empty. */
export const lines = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(line).filter(Boolean);

/** The mappings of a list; anything else is left out. */
export const rows = (value: unknown): Record<string, unknown>[] =>
  (Array.isArray(value) ? value : []).filter(
    (row): row is Record<string, unknown> => !!row && typeof row === "object" && !Array.isArray(row),
  );

/** The `tel:` address of a written number. */
export const tel = (number: string): string => `tel:${number.replace(/[^\d+]/g, "")}`;

/** The numbers of a value such as "113 of 0800-0113"; none when there is anything else in it. */
export function numbers(value: string): string[] {
  const parts = value.split(/\s+(?:of|en)\s+|\s*[,/;]\s*/);
  return parts.every((part) => NUMBER.test(part)) ? parts : [];
}

/** A safe address to link to (http or https only), or an empty text. A bare domain counts as https. */
export function webAddress(value: unknown): string {
  const text = line(value);
  return HTTP.test(text) ? text : DOMAIN.test(text) ? `https://${text}` : "";
}

/** A text in pieces: `[text, isNumber]`. */
export function pieces(text: string): [string, boolean][] {
  const found: [string, boolean][] = [];
  let at = 0;
  for (const hit of text.matchAll(IN_TEXT)) {
    const [whole, before = "", number = ""] = hit;
    const start = hit.index + before.length;
    if (start > at) found.push([text.slice(at, start), false]);
    found.push([number, true]);
    at = hit.index + whole.length;
  }
  if (at < text.length) found.push([text.slice(at), false]);
  return found;
}

/** A text as paragraphs (lists of lines); lines that start with a dash become the items of a list. */
export function blocks(text: string): { list: boolean; lines: string[] }[] {
  const found: { list: boolean; lines: string[] }[] = [];
  for (const block of text.split(/\n\s*\n/)) {
    let last: { list: boolean; lines: string[] } | undefined;
    for (const raw of block.split("\n").map((part) => part.trim())) {
      if (!raw) continue;
      const list = /^[-•*] /.test(raw);
      if (!last || last.list !== list) found.push((last = { list, lines: [] }));
      last.lines.push(list ? raw.slice(2).trim() : raw);
    }
  }
  return found;
}

/** Options (`titel`) or buttons (`title`) as choices; what has no title or nothing to send is left out, what sends the same comes once. */
export function choices(...given: unknown[]): Choice[] {
  const found = new Map<string, Choice>();
  for (const row of given.flatMap(rows)) {
    const title = line(row.titel) || line(row.title);
    const payload = line(row.payload);
    if (title && payload && !found.has(payload)) {
      const note = line(row.uitleg);
      found.set(payload, { title, payload, ...(note && { note }), ...(row.apart === true && { apart: true }) });
    }
  }
  return [...found.values()];
}

/** A text with `{name}` filled in. */
export const fill = (text: string, values: Record<string, string | number> = {}): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.prototype.hasOwnProperty.call(values, name) ? `${values[name]}` : whole));
