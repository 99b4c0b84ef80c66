// A rehearsal in the widget: by mouse, by keyboard and in own words; danger and what is real in the middle of it; the end taken along.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SERVER, accessible, answered, clean, count, everyWay, field, log, mine, open, tell, watchPrinting } from "./lib.mjs";

const CHAT = `${SERVER}/chat?rol=leerkracht&gemeente=dordrecht`;
const CASE = "Zomerkleren in december";
const DANGER = "Hij staat hier nu voor me met een mes en dreigt haar dood te steken.";
/** One way through the case, with a choice that the map does not make. */
const WAY = [/^Ik wacht af/, /^Ik maak een rustige afspraak/, /^Ik vraag toestemming/, /^Ik overleg, en we bellen/];

const rehearsal = (page) => log(page).locator("article.oefening").last();
const button = (page, name) => log(page).locator(".keuzes").getByRole("button", { name });
const unfold = (page) => log(page).locator("details").evaluateAll((all) => all.forEach((node) => (node.open = true)));

async function press(page, name, by = (found) => found.click()) {
  const before = (await count(page)) + 1;
  await by(button(page, name).first());
  await answered(page, before);
}

/** At the first moment of the case. */
async function begun(options = {}) {
  const page = await open(CHAT, options);
  await tell(page, "Ik wil oefenen");
  await press(page, new RegExp(CASE));
  return page;
}

/** To the end of the case. */
async function played(page, by) {
  for (const [at, choice] of WAY.entries()) {
    await press(page, choice, by);
    await press(page, at === WAY.length - 1 ? "Naar het einde" : "Verder", by);
  }
}

test("a whole case by mouse: choosing, each kind of card, the way at the end", async () => {
  const page = await open(CHAT);
  await tell(page, "Ik wil oefenen");
  assert.ok((await log(page).locator(".keuzes.groot button").count()) > 3, "cases to choose from");
  assert.ok((await log(page).getByRole("link", { name: /Alle casussen/ }).getAttribute("href")).endsWith("/oefenen"));
  await everyWay(page, "choosing a case");
  await press(page, new RegExp(CASE));
  assert.match(await rehearsal(page).innerText(), /Oefening, verzonnen[\s\S]*Denk eerst even/);
  assert.deepEqual(await log(page).locator(".keuzes.apart button").allInnerTexts(), ["Dit is echt", "Stoppen met oefenen"]);
  await everyWay(page, "a moment");
  await press(page, WAY[0]);
  assert.match(await rehearsal(page).innerText(), /Je koos[\s\S]*Wat hier goed aan is[\s\S]*Wat er gebeurt[\s\S]*De routekaart kiest[\s\S]*De regel/);
  await unfold(page);
  await everyWay(page, "what came of it");
  await press(page, "Anders proberen");
  await played(page);
  const stations = await rehearsal(page).locator(".halte b").allInnerTexts();
  assert.deepEqual(stations.map((who) => who.trim()), ["Jij", "Routekaart", "Jij en de routekaart", "Jij en de routekaart", "Jij en de routekaart"]);
  await unfold(page);
  await everyWay(page, "the end");
  await press(page, "Stoppen met oefenen");
  assert.match(await log(page).innerText(), /De oefening is gestopt/);
  await clean(page);
  await page.context().close();
});

test("a whole case by keyboard: the focus goes to what was chosen, and from there to what comes next", async () => {
  const page = await begun();
  await played(page, async (found) => {
    const wanted = (await found.innerText()).trim();
    const focused = () => page.evaluate(() => document.querySelector("routekaart-chat").shadowRoot.activeElement?.textContent?.trim() ?? "");
    for (let tabs = 0; (await focused()) !== wanted; tabs++) {
      assert.ok(tabs < 15, `not reached with Tab: ${wanted}`);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
  });
  assert.equal(await rehearsal(page).locator(".weg-terug li").count(), WAY.length);
  await page.context().close();
});

test("own words are checked back before anything is said of them", async () => {
  const page = await begun();
  await tell(page, "ik zet het op papier en ga even langs de ib er");
  assert.match(await rehearsal(page).innerText(), /Bedoel je dit/);
  await everyWay(page, "is this what you mean");
  await press(page, "Ja, dat bedoel ik");
  assert.match(await rehearsal(page).innerText(), /Dit kiest de routekaart ook/);
  await press(page, "Verder");
  await tell(page, "xqzt brrr plomp");
  assert.match(await log(page).innerText(), /Dat antwoord had ik niet bedacht/);
  assert.ok(await button(page, WAY[1]).count(), "the choice is there again");
  await page.context().close();
});

test("danger gets its card first, and belongs to the rehearsal when the user says so", async () => {
  const page = await begun();
  await tell(page, DANGER);
  assert.equal(await log(page).locator(".nood a.bel").first().getAttribute("href"), "tel:112");
  await everyWay(page, "danger in a rehearsal");
  await press(page, "Hoort bij de oefening");
  assert.match(await rehearsal(page).innerText(), new RegExp(CASE));
  assert.ok(await button(page, WAY[0]).count());
  await page.context().close();
});

for (const [name, act] of [
  ["the button", (page) => press(page, "Dit is echt")],
  ["words", (page) => tell(page, "dit is echt")],
]) {
  test(`what is real ends the rehearsal at once: ${name}`, async () => {
    const page = await begun();
    await act(page);
    const after = await mine(page).last().evaluate((node) => {
      const rest = [];
      for (let next = node.nextElementSibling; next; next = next.nextElementSibling) rest.push(next);
      return { words: rest.map((one) => one.textContent).join(" "), cards: rest.flatMap((one) => [...one.querySelectorAll(".oefening")]).length };
    });
    assert.match(after.words, /We stoppen de oefening/);
    assert.equal(after.cards, 0);
    assert.ok(await field(page).isVisible());
    await page.context().close();
  });
}

test("the end can be copied and put on paper", async () => {
  const page = await begun({ permissions: ["clipboard-read", "clipboard-write"] });
  await played(page);
  await rehearsal(page).getByRole("button", { name: "Kopieer als tekst" }).click();
  await rehearsal(page).locator(".klaar").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /Om mee te nemen/);
  await watchPrinting(page);
  await rehearsal(page).getByRole("button", { name: "Print of bewaar als pdf" }).click();
  await page.waitForFunction(() => window.printed.length === 1);
  const [paper] = await page.evaluate(() => window.printed);
  assert.match(paper.words, /Oefening, verzonnen[\s\S]*Vraag voor je team/);
  assert.equal(paper.folded, 0);
  await page.context().close();
});

test("the page of the cases, and a case begun from it, without a script", async () => {
  const page = await open(`${SERVER}/oefenen?thema=armoede`, { keep: true, javaScriptEnabled: false });
  const titles = await page.locator(".casus h3").allInnerTexts();
  assert.ok(titles.includes(CASE) && titles.length < 12, titles.join());
  await page.locator(".casus", { hasText: CASE }).getByRole("button").click();
  assert.match(await page.locator("article.oefening").innerText(), /Zomerkleren in december[\s\S]*Wat doe je met dit gevoel/);
  assert.equal(await page.locator("script").count(), 0);
  await page.context().close();
});

/** axe on a plain page, narrow and wide, in light and dark; nothing sticks out, and every button is big enough. */
async function plain(page, state) {
  for (const width of [320, 1280])
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await accessible(page, `${state}, ${width} px, ${colorScheme}`);
      const found = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth - innerWidth,
        small: [...document.querySelectorAll("main button, main summary, main select")].filter((one) => one.getBoundingClientRect().height < 43.9).length,
      }));
      assert.deepEqual(found, { wide: 0, small: 0 }, `${state}, ${width} px`);
    }
}

test("the plain page: the cases, a moment, what came of it, own words, the end", async () => {
  const page = await open(`${SERVER}/oefenen`, { keep: true });
  await plain(page, "the page of the cases");
  await page.locator(".casus", { hasText: CASE }).getByRole("button").click();
  await plain(page, "a moment");
  await page.locator("#bericht").fill("ik zet het op papier en ga even langs de ib er");
  await page.getByRole("button", { name: "Verstuur" }).click();
  await plain(page, "is this what you mean");
  await page.getByRole("button", { name: "Nee, iets anders" }).click();
  for (const [at, choice] of WAY.entries()) {
    // the server lets one message in two seconds through
    for (const name of [choice, at === WAY.length - 1 ? "Naar het einde" : "Verder"]) {
      await page.getByRole("button", { name }).click();
      if (at === 0) await plain(page, `${name}`);
      else await page.waitForTimeout(2100);
    }
  }
  await page.locator("details").evaluateAll((all) => all.forEach((node) => (node.open = true)));
  assert.equal(await page.locator(".oefenweg li").count(), WAY.length);
  await plain(page, "the end");
  assert.deepEqual(page.wrong, []);
  await page.context().close();
});
