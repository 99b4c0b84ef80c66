// The pages of a team, without pressing "Vernieuw": asks every two seconds what there is now, and shows only what changed. The server makes the
// pages; what is here works without it too, only slower. The token stands behind the # of the address (never sent) and nowhere else.

(() => {
  "use strict";
  const EVERY = 2000;
  const HEADER = "X-Routekaart-Team";
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);
  let token = "", path = "", mark = "", timer = 0, asking = null, sending = null, failures = 0, ends = null;
  root.classList.add("js");

  /** Which page this is: the token in it goes behind the #, or comes from there after a reload. */
  const begin = () => {
    const stand = at("stand");
    if (stand.dataset.token) {
      ({ token, pad: path } = stand.dataset);
      history.replaceState(null, "", `${path}#${token}`);
    } else if (/^#[\w.-]{20,}$/.test(location.hash) && stand.dataset.pagina === "start") {
      token = location.hash.slice(1);
      path = location.pathname;
    }
    clock();
    if (token) look();
  };

  /** One request; `done` gets the status and the page (a document: nothing in it runs). */
  const ask = (method, body, done) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.responseType = "document";
    request.timeout = 15000;
    if (method === "GET") {
      request.setRequestHeader(HEADER, token);
      if (mark) request.setRequestHeader("If-None-Match", mark);
    } else request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    const failed = () => done(0, null);
    request.onload = () => {
      const { status } = request;
      if (status === 200) mark = request.getResponseHeader("ETag") ?? "";
      done(status, status === 304 ? null : request.response); // of nothing a browser makes a page with an error in it
    };
    request.onerror = request.ontimeout = failed;
    request.send(body);
    return request;
  };

  const later = (wait = EVERY) => {
    clearTimeout(timer);
    timer = setTimeout(sending ? deliver : look, wait);
  };

  const look = () => {
    clearTimeout(timer);
    if (asking || !token) return;
    asking = ask("GET", null, (status, page) => {
      asking = null;
      took(status, page);
    });
  };

  /** What was pressed is sent until it has arrived; the server does nothing twice. */
  const deliver = () => {
    clearTimeout(timer);
    if (asking) asking.onload = asking.onerror = asking.ontimeout = null, asking.abort(), (asking = null);
    const sent = sending;
    ask("POST", sent, (status, page) => {
      if (status && status !== 429 && status < 500 && sending === sent) sending = null;
      took(status, page);
    });
  };

  const took = (status, page) => {
    failures = status && status < 500 ? 0 : failures + 1;
    if ((status === 200 || status === 410) && page) show(page);
    else if (status === 403 || status === 404) token = "";
    if (status === 304 || status === 200) told();
    if (failures > 1) at("melding").textContent = at("melding").dataset.stil;
    if (token) later(failures > 4 ? 2 * EVERY : EVERY);
  };

  let words = at("melding").textContent;
  /** What is said aloud: only when it changed. */
  const told = () => {
    if (at("melding").textContent !== words) at("melding").textContent = words;
  };

  const show = (page) => {
    const now = at("stand"), next = page.getElementById("stand");
    if (!next) return;
    words = page.getElementById("melding").textContent;
    const focus = document.activeElement?.id ?? "";
    const inside = now.contains(document.activeElement);
    if (now.dataset.stap === next.dataset.stap && now.dataset.pagina === next.dataset.pagina) parts(now, next);
    else {
      const first = now.dataset.pagina !== next.dataset.pagina;
      const open = [...now.querySelectorAll("details.notities[open]")].map((one) => one.id);
      now.replaceWith(document.adoptNode(next));
      for (const id of open) at(id)?.setAttribute("open", "");
      document.title = page.title;
      document.body.className = page.body.className;
      if (inside) (at("kop") ?? document.body).focus({ preventScroll: true });
      if (inside || first) scrollTo(0, 0);
    }
    if (focus && document.activeElement === document.body && inside) at(focus)?.focus();
    told();
    if (at("stand").dataset.pagina === "over") {
      token = "";
      sending = null;
      history.replaceState(null, "", path);
    }
    clock();
  };

  /** Within a step only some parts change; what somebody is typing stays. */
  const parts = (now, next) => {
    for (const fresh of next.querySelectorAll("[data-deel]")) {
      const old = now.querySelector(`[data-deel="${fresh.dataset.deel}"]`);
      if (!old || old.outerHTML === fresh.outerHTML) continue;
      const typed = [...old.querySelectorAll("input[type=number]")].filter((field) => field.value !== field.defaultValue);
      const focus = old.contains(document.activeElement) ? document.activeElement.id : "";
      old.replaceWith(document.adoptNode(fresh));
      for (const field of typed) if (at(field.id)) at(field.id).value = field.value;
      if (focus) (at(focus) ?? fresh.querySelector("button"))?.focus();
    }
  };

  // -- the clock: the server says how long, the page counts -------------------------------------------------------------------------

  const clock = () => {
    const face = at("klok");
    ends = face ? performance.now() + 1000 * Number(face.dataset.over) : null;
    tick();
  };
  const tick = () => {
    const face = at("klok");
    if (!face || ends === null) return;
    const left = Math.max(0, Math.round((ends - performance.now()) / 1000));
    const text = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : face.dataset.om;
    const shown = face.querySelector("b");
    if (shown.textContent === text) return;
    shown.textContent = text;
    if (!left) {
      face.firstChild.textContent = "";
      face.classList.add("om");
      words = face.dataset.om;
      told();
    }
  };
  setInterval(tick, 500);

  // -- what is pressed ----------------------------------------------------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!token || new URL(form.action).pathname !== path) return;
    event.preventDefault();
    const data = new URLSearchParams(new FormData(form));
    if (event.submitter?.name) data.set(event.submitter.name, event.submitter.value);
    sending = data.toString();
    deliver();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && token && !sending && look());
  addEventListener("online", () => token && later(0));
  addEventListener("pageshow", (event) => event.persisted && token && look());
  begin();
})();
