// A signed link in a browser: the GP's journey at once, with and without scripts, and the token in no address and on no page afterwards.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SERVER, accessible, card, clean, field, fits, log, open, tell, walk } from "./lib.mjs";

const TOKEN = process.env.ROUTEKAART_LINK ?? "";
const skip = TOKEN ? false : "no link was given: run tests/browser/run.py without ROUTEKAART_URL";
const STORY = "pte 36 jr, dagelijks fles wijn, 2 kinderen van 3 en 6";

/** Neither what is shown, nor the page, nor its address holds the token. */
async function gone(page) {
  assert.ok(!page.url().includes(TOKEN));
  assert.ok(!(await page.content()).includes(TOKEN));
  assert.ok(!(await page.evaluate(() => document.querySelector("routekaart-chat")?.shadowRoot?.innerHTML ?? "")).includes(TOKEN));
}

test("without scripts: the role is known, the kindcheck is a tap away, and there is no chat to offer", { skip }, async () => {
  const page = await open(`${SERVER}/l/${TOKEN}`, { javaScriptEnabled: false, keep: true, viewport: { width: 320, height: 700 } });
  assert.equal(await page.locator("select").count(), 0);
  assert.equal(await page.locator(".naar-venster").isVisible(), false);
  assert.equal(await page.title(), "Routekaart");
  await page.locator(".keuzes button").click();
  assert.ok((await page.locator(".bericht.van-routekaart").last().textContent()).includes("kinderen"));
  assert.ok(!page.url().includes(TOKEN));
  assert.ok(!(await page.content()).includes(TOKEN));
  assert.deepEqual(await page.context().cookies(), []);
  await page.context().close();
});

test("the chat of a link starts in the role and forgets the link", { skip }, async () => {
  const page = await open(`${SERVER}/l/${TOKEN}`, { keep: true });
  await page.locator(".naar-venster a").click();
  await field(page).waitFor();
  await log(page).locator(".keuzes button").waitFor();
  assert.ok((await log(page).textContent()).includes("vertrouwensarts"));
  assert.equal(page.url(), `${SERVER}/chat`);
  assert.equal(await page.locator("routekaart-chat .welkom .keuzes").count(), 0, "a link says itself how to begin");
  await gone(page);
  await fits(page, "chat of a link");
  await accessible(page, "chat of a link");
  await tell(page, STORY);
  await walk(page, (button) => button.click());
  await gone(page);
  await clean(page);
  await page.context().close();
});

test("begun anew, the chat of a link keeps its role and its first words", { skip }, async () => {
  const page = await open(`${SERVER}/chat?link=${TOKEN}`);
  await log(page).locator(".keuzes button").click();
  await log(page).locator(".keuzes.groot button").first().waitFor();
  await page.locator("routekaart-chat footer .acties button").first().click();
  await log(page).locator(".keuzes button").waitFor();
  assert.ok((await log(page).textContent()).includes("vertrouwensarts"));
  assert.equal(await card(page).count(), 0);
  await gone(page);
  await clean(page);
  await page.context().close();
});

test("a link that is not whole says so, and leads on without", { skip }, async () => {
  for (const path of [`/l/${TOKEN.slice(0, -1)}`, `/chat?link=${TOKEN.slice(1)}`]) {
    const page = await open(SERVER + path, { keep: true, watch: false, viewport: { width: 320, height: 700 } });
    await page.locator("main.fout a.knop").click();
    assert.equal(new URL(page.url()).pathname, "/");
    await page.locator("select#rol").waitFor();
    await page.context().close();
  }
});
