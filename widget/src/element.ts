// <routekaart-chat gemeente rol school link server>: the conversation on a page of a school.
//
// What stands between the tags is shown until this script runs, or when it can't; then the shadow root takes its place.

import { Chat } from "./chat.js";
import type { Entry } from "./types.js";

const SCRIPT = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";

class RoutekaartChat extends HTMLElement {
  private chat: Chat | undefined;

  connectedCallback(): void {
    // the server this script came from, unless the tag names another
    const server = new URL(this.getAttribute("server") || SCRIPT || location.href, location.href).origin;
    this.chat ??= new Chat(this, server, this.entry());
    this.chat.enter();
  }

  disconnectedCallback(): void {
    this.chat?.exitPage();
  }

  private entry(): Entry {
    const given = ["rol", "gemeente", "school", "link"].map((name) => [name, this.getAttribute(name)?.trim() ?? ""] as const);
    if (this.hasAttribute("link")) {
      // a signed link stays neither on the page nor in its address
      for (const way of this.querySelectorAll('a[href^="/l/"]')) way.removeAttribute("href");
      this.removeAttribute("link");
      const address = new URL(location.href);
      address.searchParams.delete("link");
      history.replaceState(history.state, "", address);
    }
    return Object.fromEntries(given.filter(([, value]) => value));
  }
}

if (!customElements.get("routekaart-chat")) customElements.define("routekaart-chat", RoutekaartChat);
