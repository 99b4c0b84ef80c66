// What every scenario needs: one browser, pages that watch for mistakes, and a gate before the server that can be shut and slowed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { after } from "node:test";
import { chromium } from "playwright-core";

export const SERVER = process.env.ROUTEKAART_URL ?? "";
if (!/^http:\/\/127\.0\.0\.1:\d+$/.test(SERVER)) throw new Error("ROUTEKAART_URL is not the address of a server: run tests/browser/run.py");
const BROWSER = process.env.CHROMIUM || "/usr/bin/chromium";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What a teacher might type first (issue: at most 8 taps from here to a route card). */
export const OPENING = "ik zag twee keer blauwe plekken en heb het nog niemand verteld";
/** The mild answers, by the id of the option; what is not here is answered by the first of these that the question has. */
const MILD = ["ja", "nee", "niets", "po", "4-12", "ouder", "geen_gevaar", "leerkracht"];
const NO = ["acuut", "structureel", "onthulling", "gesprek_onveilig", "eerder_gemeld", "jeugdbeschermer", "zwanger"];

let started;
/** The one browser of a file of scenarios. */
const browser = () =>
  (started ??= chromium.launch({
    executablePath: BROWSER,
    headless: true,
    // playwright gives each start a profile of its own and takes it away afterwards
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-features=LocalNetworkAccessChecks"],
  }));
after(async () => (await started)?.close());

/** A page. `watch: false` where errors on the console are expected. Close the context, not the page. */
export async function open(url, { watch = true, keep = false, ...options } = {}) {
  const context = await (await browser()).newContext({ viewport: { width: 1280, height: 800 }, locale: "nl-NL", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.wrong = [];
  page.on("pageerror", (error) => page.wrong.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => (page.wrong.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
  if (watch) listen(page);
  page.asked = [];
  page.on("request", (request) => page.asked.push(request.url()));
  await page.goto(url);
  if (!keep) await page.locator("routekaart-chat textarea").waitFor();
  return page;
}

/** Errors on the console are mistakes, except the server asking for patience: scenarios answer faster than people. */
const listen = (page) =>
  page.on("console", (message) => message.type() === "error" && !/status of 429/.test(message.text()) && page.wrong.push(`console: ${message.text()}`));

/** No error, no dialog, no request to another site, no cookie and nothing stored. */
export async function clean(page, ...servers) {
  assert.deepEqual(page.wrong, []);
  const allowed = [SERVER, ...servers];
  assert.deepEqual(page.asked.filter((url) => !url.startsWith("data:") && !allowed.includes(new URL(url).origin)), []);
  assert.deepEqual(await page.context().cookies(), []);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
}

export const field = (page) => page.locator("routekaart-chat textarea#veld");
export const log = (page) => page.locator("routekaart-chat [role=log]");
export const notice = (page) => page.locator("routekaart-chat .status");
export const card = (page) => page.locator("routekaart-chat article.route");
export const mine = (page) => page.locator("routekaart-chat .bericht.jij");

/** Wait until nothing is on its way: the log changed since `before` (its number of children) and offers something. */
export async function answered(page, before) {
  await page.waitForFunction(
    (count) => {
      const root = document.querySelector("routekaart-chat").shadowRoot;
      const last = root.querySelector("[role=log]").lastElementChild;
      return root.querySelector("[role=log]").childElementCount > count && last && !last.classList.contains("jij");
    },
    before,
    { timeout: 40_000 },
  );
}

/** How many messages stand in the log, plus the one that is about to be said. */
export const count = (page) => log(page).evaluate((node) => node.childElementCount);

/** Type and send with the mouse. */
export async function tell(page, text) {
  const before = (await count(page)) + 1;
  await field(page).fill(text);
  await page.getByRole("button", { name: "Verstuur" }).click();
  await answered(page, before);
}

/** The button to press for the open question; undefined when there is none. */
export async function next(page) {
  const buttons = page.locator("routekaart-chat .keuzes.groot button");
  const given = await buttons.evaluateAll((all) => all.map((one) => one.dataset.keuze));
  if (!given.length) return undefined;
  const parsed = given.map((one) => Object.entries(JSON.parse(one.slice(one.indexOf("{"))))[0]);
  const wanted = NO.includes(parsed[0][0]) ? ["nee"] : MILD;
  const at = wanted.map((id) => parsed.findIndex((one) => one[1] === id)).find((index) => index >= 0);
  assert.notEqual(at, undefined, `no mild answer to ${JSON.stringify(parsed)}`);
  return buttons.nth(at);
}

/** Answer what is asked until there is a route card; `press` does the choosing. How many answers it took. */
export async function walk(page, press, each = async () => {}) {
  for (let taps = 0; taps < 12; taps++) {
    await each(page);
    if (await card(page).count()) return taps;
    const button = await next(page);
    assert.ok(button, "neither a question nor a card");
    const before = (await count(page)) + 1;
    await press(button, page);
    await answered(page, before);
  }
  throw new Error("no route card after 12 answers");
}

/** axe-core on the page as it is now: no violation. `forced`: the system chooses the colours, and axe reads those of the page instead. */
export async function accessible(page, state, forced = false) {
  // in a world of its own: the page's policy forbids code in a text there, as it should
  const client = await page.context().newCDPSession(page);
  const { frameTree } = await client.send("Page.getFrameTree");
  const { executionContextId: contextId } = await client.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  const run = async (expression) => {
    const { result, exceptionDetails: wrong } = await client.send("Runtime.evaluate", { expression, contextId, awaitPromise: true, returnByValue: true });
    assert.ok(!wrong, `axe: ${wrong?.exception?.description ?? wrong?.text}`);
    return result.value;
  };
  await run(`${AXE};0`);
  const options = { runOnly: { type: "tag", values: RULES }, rules: { "color-contrast": { enabled: !forced } } };
  const found = await run(`axe.run(document, ${JSON.stringify(options)}).then((r) => ({
    tested: r.passes.length,
    wrong: r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target.flat().join(" ") + " (" + n.failureSummary.replace(/\\s+/g, " ") + ")").join("; ")),
  }))`);
  await client.detach();
  assert.ok(found.tested > 10, "axe looked at nothing");
  assert.deepEqual(found.wrong, [], `axe, ${state}`);
}

/** Nothing sticks out sideways, and what can be tapped is big enough (links inside a sentence excepted). */
export async function fits(page, state) {
  const found = await page.evaluate(() => {
    const root = document.querySelector("routekaart-chat").shadowRoot;
    const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest(".v");
    const targets = [...root.querySelectorAll("button, summary, textarea, .balk a, .bel, a.knop")].filter(seen);
    const small = targets.filter((node) => node.getBoundingClientRect().height < 43.9 || node.getBoundingClientRect().width < 43.9);
    return { wide: document.documentElement.scrollWidth - innerWidth, small: small.map((node) => node.outerHTML.slice(0, 90)) };
  });
  assert.deepEqual(found.small, [], `targets under 44 px, ${state}`);
  assert.ok(found.wide <= 0, `${found.wide} px too wide, ${state}`);
}

/** Write down in `window.printed` what is in each frame that is printed: it may be gone as soon as the browser is done with it. */
export const watchPrinting = (page) =>
  page.evaluate(() => {
    window.printed = [];
    new MutationObserver((changes) => {
      for (const node of changes.flatMap((one) => [...one.addedNodes])) {
        const inside = node instanceof HTMLIFrameElement && node.contentDocument;
        if (!inside) continue;
        const bad = inside.querySelectorAll("img, script, svg, iframe").length + Number(node.contentWindow.hit ?? 0);
        const css = inside.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join("\n");
        const folded = inside.querySelectorAll("details:not([open])").length;
        window.printed.push({ words: inside.body.textContent, html: inside.body.innerHTML, css, folded, bad });
      }
    }).observe(document.body, { childList: true });
  });

/** A page with what was printed (of `watchPrinting`), as large as A4. */
export async function sheet({ html, css }) {
  const context = await (await browser()).newContext({ viewport: { width: 794, height: 1123 }, locale: "nl-NL" });
  const page = await context.newPage();
  await page.setContent(`<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>.</title><style>${css}</style></head><body>${html}</body></html>`);
  return { context, page };
}

/** What was printed as a PDF, with the number of its pages. `scale`: letters larger than they are. */
export async function paper(printed, scale = 1) {
  const { context, page } = await sheet(printed);
  const pdf = await page.pdf({ preferCSSPageSize: true, scale });
  await context.close();
  return { pdf, pages: (pdf.toString("latin1").match(/\/Type\s*\/Page(?![\w])/g) ?? []).length };
}

/** The widths and colours in which every state is looked at. */
const LOOKS = [320, 1280].flatMap((width) =>
  [
    ["light", { colorScheme: "light", forcedColors: "none" }],
    ["dark", { colorScheme: "dark", forcedColors: "none" }],
    ["forced colours", { colorScheme: "dark", forcedColors: "active" }],
  ].map(([name, media]) => [`${width} px, ${name}`, { width, height: width < 800 ? 640 : 800 }, media]),
);

/** axe and measures on the page as it is now, narrow and wide, in light, dark and forced colours. How many times axe looked. */
export async function everyWay(page, state) {
  for (const [name, size, media] of LOOKS) {
    await page.setViewportSize(size);
    await page.emulateMedia(media);
    await accessible(page, `${state}, ${name}`, media.forcedColors === "active");
    await fits(page, `${state}, ${name}`);
  }
  await page.emulateMedia({ colorScheme: "light", forcedColors: "none" });
  return LOOKS.length;
}

/** Let the server answer `/gesprek/PATH` with what `change` makes of its answer. */
export const stub = (page, path, change) =>
  page.route(`**/gesprek/${path}`, async (route) => {
    const reply = await route.fetch();
    await route.fulfill({ response: reply, json: change(await reply.json()) });
  });

/** A gate on a port of its own before the server. `shut()` is a server that was stopped: connections are broken and refused. */
export async function gate() {
  const target = new URL(SERVER);
  const sockets = new Set();
  const state = { delay: 0, cut: false, tokens: new Set(), said: [] };
  const listener = http.createServer((request, reply) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      const token = request.headers["x-routekaart"];
      if (token) state.tokens.add(token);
      if (request.url === "/gesprek/zeg" && request.method === "POST") state.said.push(JSON.parse(body.toString()));
      const options = { host: target.hostname, port: target.port, path: request.url, method: request.method, headers: request.headers };
      const onward = http.request(options, (answer) => {
        const got = [];
        answer.on("data", (part) => got.push(part));
        answer.on("end", () =>
          setTimeout(() => {
            if (state.cut && request.url === "/gesprek/zeg") return (state.cut = false), request.socket.destroy();
            const { "transfer-encoding": _, ...headers } = answer.headers;
            reply.writeHead(answer.statusCode, headers);
            reply.end(Buffer.concat(got));
          }, state.delay),
        );
      });
      onward.on("error", () => request.socket.destroy());
      onward.end(body);
    });
  });
  listener.on("connection", (socket) => (sockets.add(socket), socket.on("close", () => sockets.delete(socket))));
  const listen = (port) => new Promise((resolve, reject) => listener.once("error", reject).listen(port, "127.0.0.1", resolve));
  await listen(0);
  const port = listener.address().port;
  const shut = () =>
    new Promise((resolve) => {
      listener.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    url: `http://127.0.0.1:${port}`,
    state,
    shut,
    back: () => listen(port),
    /** What a restart does: the server knows none of the conversations that passed here. */
    async forget() {
      for (const token of state.tokens) {
        const reply = await fetch(`${SERVER}/gesprek/einde`, { method: "POST", body: JSON.stringify({ token }) });
        assert.equal(reply.status, 204);
      }
    },
  };
}

/** A page of somebody else, at `https://dekastanje.example`; requests to it are answered here. */
export async function school(html, headers = {}, options = {}) {
  const context = await (await browser()).newContext({ viewport: { width: 800, height: 900 }, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.wrong = [];
  page.asked = [];
  page.on("pageerror", (error) => page.wrong.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => (page.wrong.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
  listen(page);
  page.on("request", (request) => page.asked.push(request.url()));
  await page.route(
    (url) => url.hostname.endsWith(".example"),
    (route) => route.fulfill({ body: html, headers: { "content-type": "text/html; charset=utf-8", ...headers } }),
  );
  return page;
}
