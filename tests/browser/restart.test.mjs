// A server of its own, stopped by SIGTERM in the middle of a conversation and started again on the same port: the text stays, the numbers
// are there, and the conversation goes on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OPENING, answered, card, count, field, log, mine, notice, open, tell, walk } from "./lib.mjs";
import { freePort, start, stop } from "./server.mjs";

const DRAFT = "en dit had ik nog willen vertellen";

test("stopped by SIGTERM in the middle and started again", { timeout: 300_000 }, async () => {
  const port = await freePort();
  await start(port);
  const page = await open(`http://127.0.0.1:${port}/demo`, { watch: false });
  await tell(page, OPENING);
  await page.locator("routekaart-chat .keuzes.groot button").first().click();
  await page.locator('routekaart-chat .keuzes.groot button[data-keuze*="acuut"]').first().waitFor();
  const shown = await log(page).innerText();
  await field(page).fill(DRAFT);
  await stop();

  // a choice goes wrong: it says so, with the numbers; everything stays where it is
  await page.locator('routekaart-chat .keuzes.groot button[data-keuze*=\'"nee"\']').click();
  await notice(page).getByText("Er is geen verbinding met Routekaart.").waitFor();
  const numbers = await notice(page).locator("a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  assert.deepEqual(numbers, ["tel:112", "tel:08002000"]);
  assert.ok(await page.locator("routekaart-chat .balk .n112").isVisible());
  assert.ok((await log(page).innerText()).startsWith(shown.slice(0, shown.lastIndexOf("?"))), "what was said is still on the screen");
  assert.equal(await field(page).inputValue(), DRAFT);
  assert.equal((await mine(page).last().locator(".tekst").innerText()).trim(), "Nee");

  // the new server knows nothing of it; the widget tells it again, once
  await start(port);
  await page.getByRole("button", { name: "Probeer het nu" }).click({ timeout: 3_000 }).catch(() => null);
  await page.locator('routekaart-chat .keuzes.groot button[data-keuze*="structureel"]').first().waitFor();
  await notice(page).getByText("We gaan verder waar je was.").waitFor();
  assert.equal(await mine(page).count(), 3, "everything once");
  assert.ok((await log(page).innerText()).includes(OPENING));
  assert.equal(await field(page).inputValue(), DRAFT, "what was being typed is still there");
  await field(page).fill("");
  await walk(page, (button) => button.click());
  assert.equal(await card(page).count(), 1);

  // stopped and started between two messages: nothing is noticed but that it goes on
  await stop();
  await start(port);
  const before = (await count(page)) + 1;
  await tell(page, "Kan ik anoniem blijven als ik bel?");
  assert.ok((await count(page)) > before);
  assert.equal(await card(page).count(), 1, "the card is there again");
  await page.context().close();
  await stop();
});
