// Leaving quickly. The page is covered at once, the entry in the history is replaced, and the next site is not told where somebody came
// from.

let leaving = false;

/** Cover everything and go to `url`. */
export function leave(url: string): void {
  if (leaving) return;
  leaving = true;
  const cover = document.createElement("div");
  Object.assign(cover.style, { position: "fixed", inset: "0", zIndex: "2147483647", background: "#fff" });
  document.body.appendChild(cover);
  const referrer = document.createElement("meta");
  referrer.name = "referrer";
  referrer.content = "no-referrer";
  document.head.appendChild(referrer);
  document.title = "\u2026";
  location.replace(url);
}
