// Taking a card along: as text on the clipboard, or on paper. Nothing is sent or stored.

import css from "./print.css?inline";
import { h } from "./dom.js";

/** Copy a text. False where the browser does not let us; who asked then shows the text to copy by hand. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Give a document or shadow root a style sheet that a strict content security policy allows. */
export function style(root: Document | ShadowRoot, text: string): void {
  const view = (root instanceof ShadowRoot ? root.ownerDocument : root).defaultView as (Window & typeof globalThis) | null;
  try {
    const sheet = new (view ?? window).CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // an older browser; there a policy that forbids styles in the page leaves it plain
    const element = h("style", {}, text);
    (root instanceof ShadowRoot ? root : root.head).appendChild(element);
  }
}

/** Print one card by itself, from a frame without an address, so that the page around it stays out of it. */
export function print(card: HTMLElement, title: string, footer: string): void {
  const frame = h("iframe", { "aria-hidden": "true", tabindex: "-1", title });
  Object.assign(frame.style, { position: "fixed", width: "0", height: "0", border: "0", visibility: "hidden" });
  document.body.appendChild(frame);
  const page = frame.contentDocument;
  const view = frame.contentWindow;
  if (!page || !view) return frame.remove();
  page.documentElement.lang = "nl";
  page.title = title;
  const copied = page.importNode(card, true);
  for (const gone of copied.querySelectorAll("button, .meenemen, .klaar, .zelf-kopieren, svg")) gone.remove();
  for (const folded of copied.querySelectorAll("details")) folded.open = true;
  style(page, css);
  page.body.append(h("h1", {}, title), copied, h("p", { class: "voet" }, footer));
  const done = (): void => frame.remove();
  view.addEventListener("afterprint", () => setTimeout(done));
  setTimeout(done, 120_000);
  view.print();
}
