// The cards beside the route card, at 320 px in light and dark: axe and measures; taking a sign away; copying and printing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OPENING, SERVER, accessible, answered, card, clean, count, fits, log, mine, open, tell, walk, watchPrinting } from "./lib.mjs";

const DANGER = "Hij staat hier nu voor me met een mes en dreigt haar dood te steken.";
const QUESTION = "Kan ik anoniem blijven als ik bel?";

for (const colorScheme of ["light", "dark"]) {
  test(`danger, a question, preparing a talk, a note: ${colorScheme}`, async () => {
    const page = await open(`${SERVER}/demo`, { viewport: { width: 320, height: 640 }, colorScheme });
    const look = async (kind) => {
      await log(page).locator(`article.${kind}`).last().waitFor();
      await log(page).locator("details").evaluateAll((all) => all.forEach((node) => (node.open = true)));
      await accessible(page, `${kind}, ${colorScheme}`);
      await fits(page, `${kind}, ${colorScheme}`);
    };
    const again = async () => {
      await page.locator("routekaart-chat .acties button").first().click();
      await page.waitForFunction(() => !document.querySelector("routekaart-chat").shadowRoot.querySelector("[role=log]").childElementCount);
    };
    await tell(page, DANGER);
    await look("nood");
    assert.equal(await log(page).locator(".nood a.bel").first().getAttribute("href"), "tel:112", "112 comes first");
    await again();
    await tell(page, QUESTION);
    await look("antwoord");
    for (const [title, kind] of [["Gesprek met ouders voorbereiden", "gesprek"], ["Bewaar of print", "notitie"]]) {
      await again();
      await tell(page, OPENING);
      await walk(page, (button) => button.click());
      const before = (await count(page)) + 1;
      await log(page).getByRole("button", { name: title }).click();
      await answered(page, before);
      await look(kind);
    }
    await clean(page);
    await page.context().close();
  });
}

test("a sign that was read wrong is taken away with one tap, and said as what it is", async () => {
  const page = await open(`${SERVER}/demo`);
  await tell(page, OPENING);
  const before = (await count(page)) + 1;
  await log(page).getByRole("button", { name: /^Haal weg: / }).first().click();
  await answered(page, before);
  assert.match(await mine(page).last().innerText(), /Haal weg: /);
  assert.equal(await log(page).locator(".weggehaald").count(), 1);
  await accessible(page, "a sign taken away");
  await page.context().close();
});

test("the card is copied as text, and put on paper, without what the user typed", async () => {
  const page = await open(`${SERVER}/demo`, { permissions: ["clipboard-read", "clipboard-write"] });
  await tell(page, OPENING);
  await walk(page, (button) => button.click());
  await card(page).getByRole("button", { name: "Kopieer als tekst" }).click();
  await card(page).locator(".klaar").waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /Routekaart meldt/);
  assert.ok(!text.includes(OPENING));
  await watchPrinting(page);
  await card(page).getByRole("button", { name: "Print of bewaar als pdf" }).click();
  await page.waitForFunction(() => window.printed.length === 1);
  const [paper] = await page.evaluate(() => window.printed);
  assert.ok(paper.words.includes("Er staan geen namen in") && !paper.words.includes(OPENING));
  assert.equal(paper.folded, 0, "nothing is folded on paper");
  await page.context().close();
});
