// A server that can keep nothing: danger gets the emergency card at once, and what was typed waits until it can be answered.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, fits, log, mine, notice, open } from "./lib.mjs";
import { freePort, start, stop } from "./server.mjs";

const DANGER = "De stiefvader slaat hem nu, hij staat hier bloedend voor de deur.";
// nothing listens there
const NO_STORE = { REDIS_URL: "redis://127.0.0.1:9/0", ROUTEKAART_SECRET: "een geheim voor deze proef 0123456789" };

test("without a store: the emergency card, once, and the message waits", { timeout: 120_000 }, async () => {
  const port = await freePort();
  await start(port, NO_STORE);
  const page = await open(`http://127.0.0.1:${port}/chat`, { watch: false });
  await page.locator("routekaart-chat textarea#veld").fill(DANGER);
  await page.getByRole("button", { name: "Verstuur" }).click();
  const card = log(page).locator("article.nood");
  await card.first().waitFor();
  await page.waitForTimeout(4_000);
  assert.equal(await card.count(), 1, "also after it was tried again");
  assert.ok(await card.locator('a[href="tel:112"]').first().isVisible());
  assert.equal(await mine(page).count(), 1);
  await notice(page).getByText("Er is geen verbinding met Routekaart.").waitFor();
  await accessible(page, "alarm beside a refusal");
  await fits(page, "alarm beside a refusal");
  if (process.env.PICTURE) await page.screenshot({ path: process.env.PICTURE, fullPage: true });

  // anything else is told plainly, with the numbers
  const other = await open(`http://127.0.0.1:${port}/chat`, { watch: false });
  await other.locator("routekaart-chat textarea#veld").fill("Een kind in mijn klas is de laatste tijd erg stil.");
  await other.getByRole("button", { name: "Verstuur" }).click();
  await notice(other).getByText("Er is geen verbinding met Routekaart.").waitFor();
  assert.equal(await log(other).locator("article").count(), 0);
  await page.context().close();
  await other.context().close();
  await stop();
});
