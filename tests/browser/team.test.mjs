// A team around one screen with twelve phones: everybody chooses, somebody leaves and returns, somebody loses the connection, the screen is
// reloaded, and nothing is lost or counted twice. Then without scripts, by keyboard alone, and every phase looked at by axe and measured.
// TEAM_SHOTS names a folder for pictures, to be looked at.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SERVER, accessible, clean, open } from "./lib.mjs";

const SHOTS = process.env.TEAM_SHOTS;
const CASE = "C1";
const PHONE = { width: 390, height: 844 };
const BIG = { width: 1280, height: 720 };
const bare = (url, options = {}) => open(url, { keep: true, ...options });
const shot = (page, name) => SHOTS && page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
const heading = (page) => page.locator("#kop");
const stand = (page) => page.locator("#stand");

/** A screen with a room; its code without the space in it. */
async function screen(options = {}) {
  const page = await bare(`${SERVER}/oefenen/team?casus=${CASE}`, { viewport: BIG, ...options });
  await page.getByRole("button", { name: "Open het grote scherm" }).click();
  await page.locator(".meedoen .code").waitFor();
  return { page, code: (await page.locator(".meedoen .code").innerText()).trim() };
}

async function phone(code, options = {}) {
  const page = await bare(`${SERVER}/oefenen/mee`, { viewport: PHONE, ...options });
  await page.locator("#code").fill(code);
  await page.getByRole("button", { name: "Doe mee" }).click();
  await page.locator('#stand[data-pagina="phone"]').waitFor();
  return page;
}

const says = (page, text) => page.locator("#melding", { hasText: text }).waitFor();

/** Press what goes on, and wait for the phase that follows. */
async function onward(page, press = (button) => button.click()) {
  const before = await stand(page).getAttribute("data-stap");
  await press(page.locator("#verder"));
  await page.locator(`#stand:not([data-stap="${before}"])`).waitFor();
}

/** Choose, and see that it came in. */
async function choose(page, option) {
  await page.locator(`#optie-${option}`).click();
  await page.locator(`#optie-${option}[aria-pressed="true"]`).waitFor();
  await says(page, `Je keuze is binnen: ${option.toUpperCase()}.`);
}

test("one screen and twelve phones: nothing is lost and nothing is counted twice", async () => {
  const { page: big, code } = await screen();
  const phones = await Promise.all(
    Array.from({ length: 12 }, (_, i) => phone(i % 2 ? code : code.toLowerCase().replace(" ", ""), { colorScheme: i === 1 ? "dark" : "light", watch: i !== 7 })),
  );
  await big.getByText("Telefoons die meedoen: 12").waitFor();
  await shot(big, "screen-1-scene");
  await shot(phones[0], "phone-1-scene");
  await onward(big);
  await shot(big, "screen-2-think");
  await onward(big);
  await Promise.all(phones.map((one) => one.locator("#optie-a").waitFor()));
  await shot(phones[0], "phone-2-choose");

  // 0..3 a, 4..6 b, the rest c
  const wanted = phones.map((_, i) => (i < 4 ? "a" : i < 7 ? "b" : "c"));
  await Promise.all(phones.slice(0, 6).map((one, i) => choose(one, i === 0 ? "c" : wanted[i])));
  await choose(phones[0], wanted[0]); // thought better of it
  await shot(phones[0], "phone-3-chosen");
  await shot(phones[1], "phone-3-chosen-dark");
  await big.getByText("Keuzes binnen: 6").waitFor();

  // one goes somewhere else and returns by the button "back"; one reloads
  await phones[1].goto("about:blank");
  await phones[1].goBack();
  await phones[1].locator('#optie-a[aria-pressed="true"]').waitFor();
  await phones[2].reload();
  await phones[2].locator('#optie-a[aria-pressed="true"]').waitFor();
  // one loses its page altogether, and returns on another phone with its own letters: still one choice
  const word = (await phones[3].locator("footer .code").innerText()).trim();
  await phones[3].context().close();
  phones[3] = await phone(word);
  await phones[3].locator('#optie-a[aria-pressed="true"]').waitFor();

  // the screen is reloaded, and comes back from a bookmark
  const address = big.url();
  await big.reload();
  await big.getByText("Keuzes binnen: 6").waitFor();
  await big.goto("about:blank");
  await big.goto(address);
  await big.getByText("Keuzes binnen: 6").waitFor();
  assert.equal(await heading(big).innerText(), await heading(phones[0]).innerText());

  // one chooses without a connection: it is sent as soon as there is one
  await phones[7].context().setOffline(true);
  await phones[7].locator("#optie-c").click();
  await says(phones[7], "Er is geen verbinding.");
  await shot(phones[7], "phone-4-offline");
  await phones[7].context().setOffline(false);
  await phones[7].locator('#optie-c[aria-pressed="true"]').waitFor();
  await Promise.all([6, 8, 9, 10, 11].map((i) => choose(phones[i], wanted[i])));
  await big.getByText("Keuzes binnen: 12").waitFor();
  await big.getByText("Telefoons die meedoen: 12").waitFor();

  // two hands beside the phones; what is being typed stays while others choose
  await big.locator("#handen-b").fill("2");
  await choose(phones[11], "a");
  await choose(phones[11], "c");
  await big.waitForTimeout(2500);
  assert.equal(await big.locator("#handen-b").inputValue(), "2");
  await shot(big, "screen-3-choose");
  for (const one of [big, ...phones]) {
    assert.equal(await one.locator(".verdeling").count(), 0, "no spread while it is open");
    assert.ok(!(await one.content()).includes("laat het signaal verdampen"), "no feedback while it is open");
  }
  await onward(big);
  const rows = await big.locator(".verdeling li").allInnerTexts();
  assert.deepEqual(rows.map((row) => Number(/(\d+) van 14/.exec(row)[1])), [4, 5, 5]);
  await shot(big, "screen-4-spread");
  await big.emulateMedia({ colorScheme: "dark" });
  await shot(big, "screen-4-spread-dark");
  await big.emulateMedia({ colorScheme: "light" });
  await says(phones[0], "Het kiezen is dicht. Jouw keuze: A.");
  await shot(phones[0], "phone-5-closed");
  assert.equal(await big.locator("#verder-b").isChecked(), true, "the first of those chosen most");
  assert.ok(!(await big.content()).includes("laat het signaal verdampen"), "the spread comes before the feedback");

  await big.locator("#verder-a").check();
  await onward(big);
  assert.match(await heading(big).innerText(), /A$/);
  await shot(big, "screen-5-feedback");
  await onward(big);
  await big.getByText("Durf te zeggen wat niet goed ging.").waitFor();
  await big.getByRole("button", { name: "Zet de klok op 2 min" }).click();
  await big.locator("#klok b", { hasText: /^1:5\d$/ }).waitFor();
  await big.reload();
  await big.locator("#klok b", { hasText: /^1:[45]\d$/ }).waitFor();
  await big.locator("#notities > summary").click();
  await shot(big, "screen-6-discuss");
  await onward(big);
  await onward(big);
  await onward(big);
  await big.getByText("Lees het verhaal nog eens").click();
  await big.getByText("Ze heeft de jas gezien.").waitFor({ state: "detached" });
  await Promise.all(phones.map((one) => one.locator("#optie-a").waitFor()));
  assert.equal(await phones[0].locator('[aria-pressed="true"]').count(), 0, "a new question has no choice yet");

  // to the end
  for (let i = 0; (await stand(big).locator(".leerpunten").count()) === 0; i++) {
    assert.ok(i < 30, "no end");
    await onward(big);
  }
  await shot(big, "screen-7-end");
  await Promise.all(phones.map((one) => says(one, "De casus is klaar.")));
  await shot(phones[0], "phone-6-end");
  for (const one of [big, ...phones.filter((_, i) => i !== 7)]) await clean(one);

  // closed: gone for everybody
  await big.getByRole("button", { name: "Sluit de sessie" }).click();
  await Promise.all([big, ...phones].map((one) => one.getByRole("heading", { name: "Deze sessie is voorbij" }).waitFor()));
  assert.ok(!big.url().includes("#"));
  await Promise.all([big, ...phones].map((one) => one.context().close()));
});

test("the screen by keyboard alone", async () => {
  const { page: big } = await screen();
  const press = async () => {
    for (let i = 0; i < 60; i++) {
      await big.keyboard.press("Tab");
      if ((await big.evaluate(() => document.activeElement.id)) === "verder") return big.keyboard.press("Enter");
    }
    throw new Error("the button that goes on can't be reached with Tab");
  };
  for (let i = 0; (await stand(big).locator(".leerpunten").count()) === 0; i++) {
    assert.ok(i < 40, "no end");
    if (await big.locator("#handen-a").count()) {
      await big.locator("#handen-a").focus();
      await big.keyboard.press("ArrowUp");
    }
    await onward(big, press);
    assert.equal(await big.evaluate(() => document.activeElement.id), "kop", "what is new is read first");
  }
  await clean(big);
  await big.context().close();
});

test("without scripts: the same, by pressing a button", async () => {
  const plain = { javaScriptEnabled: false };
  const { page: big, code } = await screen(plain);
  const small = await phone(code, plain);
  const refresh = (page) => page.getByRole("button", { name: "Vernieuw" }).click();
  for (let i = 0; i < 2; i++) await big.locator("#verder").click();
  await refresh(small);
  await small.locator("#optie-b").click();
  await small.locator('#optie-b[aria-pressed="true"]').waitFor();
  await refresh(big);
  await big.getByText("Keuzes binnen: 1").waitFor();
  await big.locator("#handen-a").fill("3");
  await big.getByRole("button", { name: "Bewaar de handen" }).click();
  await big.getByText("Keuzes binnen: 4").waitFor();
  await big.reload(); // sends the same form again
  await big.getByText("Keuzes binnen: 4").waitFor();
  await big.locator("#verder").click();
  await big.locator(".verdeling").waitFor();
  await big.reload();
  await big.locator(".verdeling").waitFor();
  await refresh(small);
  await small.getByText("Het kiezen is dicht. Jouw keuze: B.").waitFor();
  const word = (await big.locator("#notities .code").textContent()).trim();
  await big.goto(`${SERVER}/oefenen/team`);
  await big.locator("#schermcode").fill(word);
  await big.getByRole("button", { name: "Ga verder met het scherm" }).click();
  await big.locator(".verdeling").waitFor();
  for (const page of [big, small]) {
    await clean(page);
    await page.context().close();
  }
});

/** Nothing sticks out sideways, and what can be pressed is big enough. */
async function fits(page, state) {
  const found = await page.evaluate(() => {
    const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest(".overslaan");
    const box = (node) => (node.matches("input[type=radio]") ? node.closest("label") : node).getBoundingClientRect();
    const targets = [...document.querySelectorAll("button, summary, select, input:not([type=hidden]), .noodbalk a, a.buiten")].filter(seen);
    const small = targets.filter((node) => box(node).height < 43.9 || box(node).width < 43.9);
    return { wide: document.documentElement.scrollWidth - innerWidth, small: small.map((node) => node.outerHTML.slice(0, 90)) };
  });
  assert.deepEqual(found.small, [], `targets under 44 px, ${state}`);
  assert.ok(found.wide <= 0, `${found.wide} px too wide, ${state}`);
}

async function look(page, state) {
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 720 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await accessible(page, `${state}, ${width} px, ${colorScheme}`);
      await fits(page, `${state}, ${width} px, ${colorScheme}`);
    }
  }
}

test("every phase on the screen and on a phone: axe, width, targets", async () => {
  const { page: big, code } = await screen();
  const small = await phone(code);
  for (const phase of ["scene", "think", "choose", "spread", "feedback", "discuss"]) {
    if (phase === "choose") {
      await small.locator("#optie-b").waitFor();
      await choose(small, "b");
    }
    await small.waitForTimeout(2300);
    await big.locator("details").evaluateAll((all) => all.forEach((node) => (node.open = true)));
    await look(big, `screen, ${phase}`);
    await look(small, `phone, ${phase}`);
    await big.setViewportSize(BIG);
    await onward(big);
  }
  for (let i = 0; (await stand(big).locator(".leerpunten").count()) === 0; i++) await onward(big);
  await look(big, "screen, end");
  for (const path of ["/oefenen/team", "/oefenen/mee", `/oefenen/team/uitdeel?casus=${CASE}`]) {
    const page = await bare(SERVER + path);
    await look(page, path);
    await page.setViewportSize(PHONE);
    await shot(page, `page${path.replace(/\W+/g, "-")}`);
    await page.context().close();
  }
  await clean(small);
  await big.context().close();
  await small.context().close();
});

test("the hand-out: the case on one sheet, the answers apart", async () => {
  const start = await bare(`${SERVER}/oefenen/team`);
  const ids = await start.locator("#casus option").evaluateAll((all) => all.map((one) => one.value));
  assert.ok(ids.length >= 1);
  for (const id of ids) {
    await start.goto(`${SERVER}/oefenen/team/uitdeel?casus=${id}`);
    const [first, second] = await start.locator(".vel").allInnerTexts();
    assert.ok(!first.includes("De regel") && second.includes("De regel"), id);
    const sheets = async (path) => ((await start.pdf({ preferCSSPageSize: true, path })).toString("latin1").match(/\/Type\s*\/Page(?![\w])/g) ?? []).length;
    const all = await sheets(SHOTS && `${SHOTS}/paper-${id}.pdf`);
    await start.evaluate(() => document.querySelectorAll(".vel")[1].remove());
    assert.equal(await sheets(), 1, `${id}: the case without answers fits on one sheet`);
    assert.ok(all === 2 || all === 3, `${id}: ${all} sheets`);
  }
  await clean(start);
  await start.context().close();
});
