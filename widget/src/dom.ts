// Building the page: elements and text nodes only, never a string of HTML, so that nothing a server or a user says can become markup and
// a page with Trusted Types can hold the widget.

import { blocks, pieces, tel } from "./text.js";

export type Child = Node | string | false | null | undefined | readonly Child[];
type Props = Readonly<Record<string, string | number | boolean | ((event: Event) => void) | undefined>>;

/** An element: texts and numbers become attributes, `true` an empty one, functions listeners; nothing for what is absent. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== undefined && value !== false && value !== "") node.setAttribute(name, value === true ? "" : `${value}`);
  }
  add(node, children);
  return node;
}

/** Add children to a node. */
export function add(node: Node, children: Child): void {
  if (children === false || children === null || children === undefined || children === "") return;
  if (Array.isArray(children)) children.forEach((child) => add(node, child as Child));
  else node.appendChild(typeof children === "string" ? document.createTextNode(children) : (children as Node));
}

const SVG = "http://www.w3.org/2000/svg";

/** A small drawing of one path, without meaning of its own. */
export function icon(path: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false", class: "icoon" }))
    svg.setAttribute(name, value);
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", path);
  svg.appendChild(drawn);
  return svg;
}

/** A phone number to tap. */
export const number = (value: string): HTMLElement => h("a", { class: "nummer", href: tel(value) }, value);

/** One piece of text with its phone numbers as links. */
export const linked = (text: string): Child[] => pieces(text).map(([piece, isNumber]) => (isNumber ? number(piece) : piece));

/** A text as paragraphs and lists. */
export const prose = (text: string, links = true): Child[] =>
  blocks(text).map((block) => {
    const parts = block.lines.map((line): Child => (links ? linked(line) : line));
    return block.list
      ? h("ul", {}, ...parts.map((part) => h("li", {}, part)))
      : h("p", {}, ...parts.flatMap((part, at) => (at ? [h("br"), part] : [part])));
  });
