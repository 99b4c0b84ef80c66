// The server stops in the middle and comes back, forgets, is slow; the device is offline; an answer is lost on its way; two tabs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OPENING, SERVER, accessible, answered, card, count, field, gate, log, mine, notice, open, tell, walk } from "./lib.mjs";

const LOST = "Er is geen verbinding met Routekaart.";

/** Two answers far, through a gate. */
async function halfway(options = {}) {
  const way = await gate();
  const page = await open(`${way.url}/demo`, { watch: false, ...options });
  await tell(page, OPENING);
  await page.locator("routekaart-chat .keuzes.groot button").first().click();
  await page.locator('routekaart-chat .keuzes.groot button[data-keuze*="acuut"]').first().waitFor();
  return { way, page };
}

/** It says that there is no connection, with both numbers to tap, and keeps what was said. */
async function warned(page, kept) {
  await notice(page).getByText(LOST).waitFor();
  const numbers = await notice(page).locator("a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  assert.deepEqual(numbers, ["tel:112", "tel:08002000"]);
  assert.equal((await mine(page).last().locator(".tekst").innerText()).trim(), kept);
  assert.ok(await page.locator("routekaart-chat .balk a").first().isVisible());
}

const ended = async ({ way, page }) => {
  await page.context().close();
  await way.shut();
};

for (const forgets of [false, true]) {
  test(`the server stops in the middle and comes back${forgets ? ", having forgotten everything" : ""}`, async () => {
    const { way, page } = await halfway();
    const before = await count(page);
    await way.shut();
    await page.locator('routekaart-chat .keuzes.groot button[data-keuze*=\'"nee"\']').click();
    await warned(page, "Nee");
    await accessible(page, "without a server");
    // typing goes on, and a second message does not push the first one out
    await field(page).fill("en dit nog");
    await page.getByRole("button", { name: "Verstuur" }).click();
    assert.equal(await field(page).inputValue(), "en dit nog");
    if (forgets) await way.forget();
    await way.back();
    await page.getByRole("button", { name: "Probeer het nu" }).click();
    await page.locator('routekaart-chat .keuzes.groot button[data-keuze*="structureel"]').first().waitFor();
    assert.equal(await mine(page).count(), 3, "everything once");
    assert.equal(await field(page).inputValue(), "en dit nog");
    if (!forgets) assert.ok((await count(page)) > before);
    await field(page).fill("");
    await walk(page, (button) => button.click());
    await ended({ way, page });
  });
}

test("the server comes back by itself: the message goes without pressing anything", async () => {
  const { way, page } = await halfway();
  await way.shut();
  await page.locator('routekaart-chat .keuzes.groot button[data-keuze*=\'"nee"\']').click();
  await warned(page, "Nee");
  await way.back();
  await page.locator('routekaart-chat .keuzes.groot button[data-keuze*="structureel"]').first().waitFor();
  await notice(page).getByText("Er is weer verbinding.").waitFor();
  await ended({ way, page });
});

test("an answer that is lost on its way is asked for again with the same number, and comes once", async () => {
  const { way, page } = await halfway();
  way.state.cut = true;
  const from = way.state.said.length;
  await page.locator('routekaart-chat .keuzes.groot button[data-keuze*=\'"nee"\']').click();
  await page.locator('routekaart-chat .keuzes.groot button[data-keuze*="structureel"]').first().waitFor();
  const again = way.state.said.slice(from);
  assert.ok(again.length >= 2, "it was sent again");
  assert.equal(new Set(again.map((one) => one.nummer)).size, 1);
  assert.equal(await mine(page).count(), 3);
  assert.equal(await page.locator("routekaart-chat .keuzes.groot").count(), 1);
  await ended({ way, page });
});

test("offline and online again", async () => {
  const { way, page } = await halfway();
  await page.context().setOffline(true);
  await field(page).fill("nee, nu niet");
  await page.getByRole("button", { name: "Verstuur" }).click();
  await warned(page, "nee, nu niet");
  const before = await count(page);
  await page.context().setOffline(false);
  await answered(page, before);
  assert.equal(await mine(page).count(), 3);
  await ended({ way, page });
});

test("the server is down from the first moment: what it is, the numbers, and a field that keeps the text", async () => {
  const way = await gate();
  const page = await open(`${way.url}/demo`, { watch: false });
  await page.route("**/gesprek/begin", (route) => route.abort("connectionrefused"));
  await page.reload();
  await notice(page).getByText(LOST).waitFor();
  await accessible(page, "down from the first moment");
  await field(page).fill(OPENING);
  await page.getByRole("button", { name: "Verstuur" }).click();
  await warned(page, OPENING);
  await page.unroute("**/gesprek/begin");
  await page.getByRole("button", { name: "Probeer het nu" }).click();
  await answered(page, 1);
  assert.equal(await mine(page).count(), 1);
  await ended({ way, page });
});

test("slow: it says that it is at work, a second send is refused without loss, the answer comes once", async () => {
  const { way, page } = await halfway();
  way.state.delay = 2_500;
  await page.locator('routekaart-chat .keuzes.groot button[data-keuze*=\'"nee"\']').click();
  await page.locator("routekaart-chat .status .stippen").waitFor();
  await accessible(page, "at work");
  await field(page).fill("nog iets");
  await page.getByRole("button", { name: "Verstuur" }).click();
  await notice(page).getByText("Je vorige bericht is nog onderweg.").waitFor();
  assert.equal(await field(page).inputValue(), "nog iets");
  await page.locator('routekaart-chat .keuzes.groot button[data-keuze*="structureel"]').first().waitFor();
  assert.equal(await mine(page).count(), 3);
  assert.equal(await page.locator("routekaart-chat .keuzes.groot").count(), 1);
  await ended({ way, page });
});

test("two tabs are two conversations; closing one leaves the other", async () => {
  const one = await open(`${SERVER}/demo`);
  await tell(one, OPENING);
  const other = await one.context().newPage();
  await other.goto(`${SERVER}/demo`);
  await other.locator("routekaart-chat textarea").waitFor();
  assert.equal(await log(other).evaluate((node) => node.childElementCount), 0, "nothing of the first is in the second");
  await tell(other, "Hallo");
  await other.close({ runBeforeUnload: true });
  await walk(one, (button) => button.click());
  assert.equal(await card(one).count(), 1);
  await one.context().close();
});
