// Markup in what is typed, in every field of every card and in every word of the widget stays words. The policy of the page is switched
// off for this: the widget has to hold by itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SERVER, answered, field, log, open, stub, tell, watchPrinting } from "./lib.mjs";

const EVIL = `<img src=x onerror="window.hit=1"><script>window.hit=1</script><svg onload="window.hit=1"></svg>"' onmouseover='window.hit=1' x="`;
const LINKS = ["javascript:window.hit=1", "JaVaScRiPt:window.hit=1//x.nl", "data:text/html,<script>opener.hit=1</script>", "//kwaad.example/x", "https://a.nl/\"onclick=\"window.hit=1"];

const way = (url) => ({ soort: "website", waarde: EVIL, url, uren: EVIL });
const ways = [...LINKS.map(way), { soort: "telefoon", waarde: `112${EVIL}`, uren: EVIL }, { soort: EVIL, waarde: EVIL, uren: EVIL }];
const person = { id: EVIL, naam: EVIL, voorwaarde: EVIL, bereik: ways };
const sources = LINKS.map((url) => ({ naam: EVIL, datum: EVIL, url }));
const options = [{ id: EVIL, titel: EVIL, payload: EVIL }];
const evil = (...names) => Object.fromEntries(names.map((name) => [name, EVIL]));
const both = (...names) => Object.fromEntries(names.map((name) => [name, [EVIL, EVIL]]));
const CARDS = {
  routekaart: {
    ...evil("contact", "naam", "kop", "urgentie", "urgentie_titel", "waarom", "zeg", "deel", "deel_niet", "noteer", "houdt_vast", "kader", "kader_titel", "stap_titel", "melding", "lokaal", "vraag_na_bij"),
    stap: 1, melding_norm: true, bereik: ways, daarna: [person], bronnen: sources,
  },
  nood: { ...evil("titel", "tekst", "eerst", "lokaal"), ...both("zeg", "hulp", "laten"), contacten: [person, person, person], bronnen: sources },
  signalen: { signalen: [{ id: EVIL, titel: EVIL, ontkend: false }, { id: EVIL, titel: EVIL, ontkend: true }], opties: options },
  vraag: { id: EVIL, opties: options },
  antwoord: { ...evil("titel", "vraag", "lokaal", "meer"), ...both("vastleggen", "niet_doen"), bronnen: sources },
  contact: { ...evil("id", "naam", "taak", "wanneer", "kader", "kader_titel", "meer", "lokaal", "vraag_na_bij"), bereik: ways, bronnen: sources },
  gesprek: { ...evil("titel", "met", "lokaal"), ...both("openingszinnen", "doen", "laten", "wanneer_niet"), meer: both("openingszinnen", "doen", "laten"), bronnen: sources },
  kindcheck: { ...evil("titel"), zorg: true, ...both("vervolg"), bronnen: sources },
  notitie: evil("titel", "tekst"),
  oefening: { casus: EVIL, moment: EVIL, opties: options, terugkoppeling: evil("keuze", "beste", "waarom") },
  [EVIL]: evil("titel", "tekst"),
  constructor: evil("titel"),
};

/** Nothing ran, nothing became an element or an address that does something. */
async function harmless(page, state) {
  const found = await page.evaluate(() => {
    const root = document.querySelector("routekaart-chat").shadowRoot;
    const bad = [...root.querySelectorAll("img, script, iframe, object, embed, form form, svg:not(.icoon), style, link, base, meta")];
    const listening = [...root.querySelectorAll("*")].filter((node) => [...node.attributes].some((one) => /^on/i.test(one.name)));
    const links = [...root.querySelectorAll("[href]")].map((node) => node.getAttribute("href"));
    return { hit: window.hit, bad: [...bad, ...listening].map((node) => node.outerHTML.slice(0, 100)), links: links.filter((one) => !/^(tel:[\d+]+|https?:\/\/[\w.-]+(\/[^\s"'<>]*)?)$/.test(one)) };
  });
  assert.deepEqual(found, { hit: undefined, bad: [], links: [] }, state);
  assert.deepEqual(page.wrong, [], state);
}

test("through the field: what is typed is shown as it is, also after masking", async () => {
  const page = await open(`${SERVER}/demo`, { bypassCSP: true });
  await tell(page, EVIL);
  await harmless(page, "typed");
  assert.ok((await log(page).innerText()).includes("<script>"));
  await page.context().close();
});

test("through every field of every card, in the page and in what is printed", async () => {
  const page = await open(`${SERVER}/demo`, { bypassCSP: true });
  await stub(page, "zeg", (answer) => ({
    ...answer,
    gelezen: EVIL,
    rol: EVIL,
    berichten: Object.entries(CARDS).flatMap(([type, card]) => [{ text: EVIL, custom: { type, ...card }, buttons: [{ title: EVIL, payload: EVIL }] }]),
  }));
  await field(page).fill("Hallo");
  await page.getByRole("button", { name: "Verstuur" }).click();
  await answered(page, 1);
  assert.ok((await log(page).locator("article").count()) >= 8, "the cards are there");
  for (const summary of await log(page).locator("summary").all()) await summary.evaluate((node) => (node.parentElement.open = true));
  await harmless(page, "cards");
  for (const node of await log(page).locator(".tekens li, .keuzes button").all()) await node.hover();
  await watchPrinting(page);
  const buttons = await log(page).getByRole("button", { name: "Print of bewaar als pdf" }).all();
  for (const button of buttons) await button.click();
  await page.waitForFunction((many) => window.printed.length === many, buttons.length);
  assert.equal(buttons.length, 3);
  for (const paper of await page.evaluate(() => window.printed)) assert.equal(paper.bad, 0);
  await harmless(page, "printed");
  await page.context().close();
});

test("through every word of the widget", async () => {
  const page = await open("about:blank", { bypassCSP: true, keep: true });
  await stub(page, "begin", (opening) => ({
    ...opening,
    rol: EVIL,
    woorden: Object.fromEntries(Object.keys(opening.woorden).map((key) => [key, [EVIL, EVIL]])),
  }));
  await page.goto(`${SERVER}/demo`);
  await page.locator("routekaart-chat h2").filter({ hasText: "<script>" }).waitFor();
  await harmless(page, "words");
  await page.context().close();
});

test("the address to leave to is never a script: else integrity on the page of a school protects nothing", async () => {
  const page = await open("about:blank", { bypassCSP: true, keep: true });
  await page.context().route((url) => !url.href.startsWith(SERVER), (route) => route.fulfill({ body: "weer", contentType: "text/html" }));
  await stub(page, "begin", (opening) => ({ ...opening, verlaat: "javascript:window.hit=1" }));
  const begun = page.waitForResponse("**/gesprek/begin");
  await page.goto(`${SERVER}/demo`);
  await (await begun).finished();
  await page.locator("routekaart-chat .weg").click({ noWaitAfter: true });
  const end = await Promise.race([
    page.waitForURL((url) => url.protocol === "https:").then(() => "left"),
    page.waitForFunction(() => window.hit).then(() => "a script ran", () => "left"),
  ]);
  assert.equal(end, "left");
  await page.context().close();
});
