// Consultations as a busy doctor plays them: from a signed link to the route card and the note, on the page without scripts and in the
// widget, on a phone and on a desktop. `python -m tests.browser.run --consults` runs this and writes the table. What a doctor does (answers,
// pace) stands in consults.yml; here it is counted: taps, swipes, letters, words shown for the first time, seconds of the machine.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { SERVER, answered, count, field, open } from "./lib.mjs";

const { consulten, manieren } = JSON.parse(readFileSync(process.env.ROUTEKAART_CONSULTS, "utf8"));
const PICTURES = process.env.ROUTEKAART_CONSULT_PICTURES;
if (PICTURES) mkdirSync(PICTURES, { recursive: true });
const TOKEN = process.env.ROUTEKAART_LINK;
assert.ok(TOKEN, "no link was given: run tests/browser/run.py without ROUTEKAART_URL, or set ROUTEKAART_LINK");
/** Milliseconds between two turns, so that the server does not ask for patience (bot/server/people.py); not counted. */
const BETWEEN = 1500;
const MOST_TURNS = 12;
/** Part of a screen that one swipe moves. */
const SWIPE = 0.8;

const made = [];
after(() => writeFileSync(process.env.ROUTEKAART_CONSULTS_MADE, JSON.stringify(made)));

/** What differs between the page and the widget; `root` runs in the browser. */
const PLACES = {
  false: {
    url: `${SERVER}/l/${TOKEN}`,
    field: (page) => page.locator("textarea#bericht"),
    send: (page) => page.locator("form#gesprek button[type=submit].knop"),
    buttons: "button[name=keuze]",
    payload: "value",
    card: "article.kaart.routekaart",
    urgency: ".chip",
    note: "article.kaart.notitie",
  },
  true: {
    url: `${SERVER}/chat?link=${TOKEN}`,
    field,
    send: (page) => page.getByRole("button", { name: "Verstuur" }),
    buttons: "routekaart-chat .log .keuzes button",
    payload: "data-keuze",
    card: "routekaart-chat article.route",
    urgency: ".haast",
    note: "routekaart-chat article.notitie",
  },
};

/** Given to the page: whether a line of text can be seen, so within the screen and not under a bar that stays in place. */
const LINE_SHOWN = `(root, holder, box) => {
  const hit = root.elementFromPoint(Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1), box.top + box.height / 2);
  return box.width > 2 && box.height > 2 && box.top >= 0 && box.bottom <= innerHeight && !!hit && (holder.contains(hit) || hit.contains(holder));
}`;

/** Words in view that were not in view before. A text of which some lines are in view counts for these lines. */
async function read(page, seen) {
  const shown = await page.evaluate(`((lineShown) => {
    const root = document.querySelector("routekaart-chat")?.shadowRoot ?? document;
    const walker = document.createTreeWalker(root === document ? document.body : root, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.data.replace(/\\s+/g, " ").trim();
      const holder = node.parentElement;
      if (!text || !holder?.checkVisibility({ visibilityProperty: true })) continue;
      if (holder.closest("style, script, textarea, option, .v, .verborgen, .jij, .van-gebruiker")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const lines = [...range.getClientRects()];
      const inView = lines.filter((box) => lineShown(root, holder, box)).length;
      if (inView) found.push({ text, part: inView / lines.length });
    }
    return found;
  })(${LINE_SHOWN})`);
  let words = 0;
  for (const { text, part } of shown) {
    const before = seen.get(text) ?? 0;
    if (part > before) {
      words += text.split(" ").length * (part - before);
      seen.set(text, part);
    }
  }
  return words;
}

/** Swipes until an element is in view as far as it fits. Bars that stay in place hide nothing here: playwright sees to that at the tap. */
const swipes = (place) =>
  place.evaluate((node, part) => {
    const box = node.getBoundingClientRect();
    const away = Math.max(0, box.bottom - innerHeight, -box.top);
    return Math.ceil(away / (innerHeight * part));
  }, SWIPE);

/** Which of the four things a doctor needs first are in view at once. */
const atOnce = (page) =>
  page.evaluate(`((lineShown) => {
    const root = document.querySelector("routekaart-chat")?.shadowRoot ?? document;
    const card = [...root.querySelectorAll("article.routekaart, article.route")].at(-1);
    const seen = (query) => {
      const node = card.querySelector(query);
      if (!node) return null;
      const range = document.createRange();
      range.selectNodeContents(node);
      const lines = [...range.getClientRects()].filter((box) => box.width > 2 && box.height > 2);
      return lines.length > 0 && lines.every((box) => lineShown(root, node, box));
    };
    return { wie: seen("h2, h3"), nummer: seen(".top .bel b, .top .weg-naar"), waarom: seen(".waarom p"), zeg: seen("blockquote") };
  })(${LINE_SHOWN})`);

async function outcome(page, place) {
  const card = page.locator(place.card).last();
  const words = async (query) => ((await card.locator(query).count()) ? (await card.locator(query).first().innerText()) : "");
  const clean = (text) => text.replace(/\s+/g, " ").replace(/^\S+:\s/, "").trim();
  return {
    contact: clean(await words("h2, h3")),
    urgentie: clean(await words(place.urgency)).toLowerCase(),
    norm: !!(await card.locator(".meldzin.norm").count()),
    melding: (await words(".meldzin > :last-child")).replace(/\s+/g, " ").trim(),
  };
}

for (const consult of consulten)
  for (const [name, way] of Object.entries(manieren))
    test(`consult ${consult.nr}, ${name}`, async () => {
      const phone = way.breed < 800;
      const place = PLACES[way.venster];
      const page = await open(place.url, {
        viewport: { width: way.breed, height: way.hoog },
        keep: !way.venster,
        ...(way.venster ? {} : { javaScriptEnabled: false }),
        ...(phone ? { isMobile: true, hasTouch: true } : {}),
      });
      const tap = (what) => (phone ? what.tap() : what.click());
      const seen = new Map();
      const result = { nr: consult.nr, manier: name, tikken: 0, schuiven: 0, letters: consult.bericht.length, woorden: 0, machine: 0, vragen: [] };
      const picture = async (what, full = false) => {
        if (!PICTURES) return;
        const at = await page.evaluate(() => scrollY);
        await page.screenshot({ path: join(PICTURES, `${consult.nr}-${name}-${what}.png`), fullPage: full });
        await page.evaluate((y) => scrollTo(0, y), at);
      };
      /** Press, wait for the answer, and look at it. */
      const turn = async (button) => {
        const far = await swipes(button);
        const before = way.venster ? (await count(page)) + 1 : 0;
        const began = performance.now();
        const come = way.venster ? undefined : page.waitForEvent("load");
        await tap(button);
        await (come ?? answered(page, before));
        result.machine += (performance.now() - began) / 1000;
        result.tikken += 1;
        result.schuiven += far;
        result.woorden += await read(page, seen);
        await page.waitForTimeout(BETWEEN);
      };
      if (way.venster) await page.locator(place.buttons).first().waitFor();
      result.woorden += await read(page, seen);
      await picture("begin");
      result.schuiven += await swipes(place.field(page));
      await tap(place.field(page));
      result.tikken += 1;
      await place.field(page).fill(consult.bericht);
      await turn(place.send(page));
      await picture("antwoord");
      for (let at = 0; !(await page.locator(place.card).count()); at++) {
        assert.ok(at < MOST_TURNS, "no route card");
        const buttons = page.locator(place.buttons);
        const payloads = await buttons.evaluateAll((all, from) => all.map((one) => one.getAttribute(from)), place.payload);
        const given = payloads.map((one) => (one.startsWith("/antwoord{") ? Object.entries(JSON.parse(one.slice(one.indexOf("{"))))[0] : ["", ""]));
        const question = given.find(([id]) => id && id !== "signaal_weg")?.[0];
        const answer = consult.antwoorden[question];
        assert.ok(answer, `no answer to ${question} (${payloads})`);
        const chosen = given.findIndex(([id, value]) => id === question && value === answer);
        assert.ok(chosen >= 0, `${answer} is no answer to ${question}`);
        result.vragen.push(`${question}: ${answer}`);
        await turn(buttons.nth(chosen));
      }
      result.uitkomst = await outcome(page, place);
      result.meteen = await atOnce(page);
      await picture("kaart");
      await picture("kaart-geheel", true);
      const toCard = { tikken: result.tikken, schuiven: result.schuiven, woorden: result.woorden, machine: result.machine };
      const button = page.locator(`${place.buttons}[${place.payload}^="/samenvatting_vragen"]`);
      await turn(button);
      await page.locator(place.note).waitFor();
      result.notitie = Object.fromEntries(Object.entries(toCard).map(([key, value]) => [key, result[key] - value]));
      Object.assign(result, toCard);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${wide} px too wide`);
      await picture("notitie");
      await picture("notitie-geheel", true);
      assert.deepEqual(page.wrong, []);
      made.push(result);
      await page.context().close();
    });
