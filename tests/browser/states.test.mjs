// Every state the widget can be in, looked at by axe and measured at 320 and 1280 px, in light, dark and forced colours. What the server
// answers is real, except where it says "made": such an answer does not come on request.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OPENING, SERVER, answered, card, count, everyWay, field, gate, log, notice, open, stub, tell, walk } from "./lib.mjs";

const CHAT = `${SERVER}/chat?rol=leerkracht&gemeente=dordrecht`;
const DOCTOR = `${SERVER}/chat?rol=huisarts&gemeente=dordrecht`;
const NOBODY = `${SERVER}/chat?rol=geen_beroep&gemeente=dordrecht`;
/** What to say for an answer that holds a card of a kind: `[name, page, text, kind]`. */
const SAID = [
  ["danger", CHAT, "Hij staat hier nu voor me met een mes en dreigt haar dood te steken.", "nood"],
  ["an answer", CHAT, "Kan ik anoniem blijven als ik bel?", "antwoord"],
  ["a contact", CHAT, "Wat doet Veilig Thuis?", "contact"],
  ["choosing a case to rehearse", CHAT, "Ik wil oefenen", "oefening"],
  ["not understood", CHAT, "Ik zie dat er niets gebeurt met het paard", "vraag"],
  ["handed to the right line", NOBODY, "Ik word thuis geslagen door mijn vader", "route"],
  ["signs", CHAT, OPENING, "signalen"],
];
/** Half an hour of silence, in milliseconds. */
const SILENCE = 31 * 60_000;

const unfold = (page) => page.locator("routekaart-chat details").evaluateAll((all) => all.forEach((node) => (node.open = true)));

for (const [name, url, text, kind] of SAID) {
  test(`${name}: ${kind}`, async () => {
    const page = await open(url);
    await tell(page, text);
    await log(page).locator(`.${kind}`).last().waitFor();
    await unfold(page);
    await everyWay(page, name);
    await page.context().close();
  });
}

test("at the beginning, unfolded", async () => {
  const page = await open(CHAT);
  await unfold(page);
  await everyWay(page, "at the beginning");
  await page.context().close();
});

test("a question, the route card, preparing both talks, a note", async () => {
  const page = await open(CHAT);
  for (const title of ["Gesprek met ouders voorbereiden", "Gesprek met het kind voorbereiden", "Bewaar of print"]) {
    await tell(page, OPENING);
    let looked = title !== "Bewaar of print";
    await walk(page, (button) => button.click(), async () => {
      if (looked || !(await log(page).locator(".vraag").count())) return;
      looked = true;
      await everyWay(page, "a question");
    });
    await unfold(page);
    if (title === "Bewaar of print") await everyWay(page, "the route card");
    const before = (await count(page)) + 1;
    await log(page).getByRole("button", { name: title }).click();
    await answered(page, before);
    await unfold(page);
    await everyWay(page, title);
    await page.locator("routekaart-chat .acties button").first().click();
    await page.waitForFunction(() => !document.querySelector("routekaart-chat").shadowRoot.querySelector("[role=log]").childElementCount);
  }
  await page.context().close();
});

test("a kindcheck", async () => {
  const page = await open(DOCTOR);
  await tell(page, "Ik wil de kindcheck doen bij een patiënt die veel te veel drinkt.");
  await walk(page, (button) => button.click());
  await log(page).locator(".kindcheck").waitFor();
  await unfold(page);
  await everyWay(page, "a kindcheck");
  await page.context().close();
});

test("made: a rehearsal, with and without what was thought of it", async () => {
  const page = await open(CHAT);
  const options = [{ id: "a", titel: "Ik bel eerst zelf", payload: "/kies{\"o\": \"a\"}" }, { id: "b", titel: "Ik wacht af", payload: "/kies{\"o\": \"b\"}" }];
  const made = { type: "oefening", casus: "Een jongen van zes", moment: "Hij zegt dat hij niet naar huis wil.", opties: options };
  const back = { keuze: "Je belt eerst zelf.", beste: "Samen bellen is beter.", waarom: "Twee weten meer." };
  await stub(page, "zeg", (answer) => ({
    ...answer,
    berichten: [
      { text: "Een jongen van zes", custom: { ...made, opties: [], terugkoppeling: back } },
      { text: "Een jongen van zes", custom: made },
    ],
  }));
  await field(page).fill("Ik wil oefenen");
  await page.getByRole("button", { name: "Verstuur" }).click();
  await answered(page, 1);
  assert.equal(await log(page).locator(".oefening").count(), 2);
  await everyWay(page, "a rehearsal");
  await page.context().close();
});

test("made: the server refuses a message, and asks for patience; nothing typed, too much typed", async () => {
  const page = await open(CHAT, { watch: false });
  const reply = { status: 413, json: { fout: "te_lang", tekst: "Dit bericht is te lang." } };
  await page.route("**/gesprek/zeg", (route) => route.fulfill(reply));
  await field(page).fill(OPENING);
  await page.getByRole("button", { name: "Verstuur" }).click();
  await notice(page).getByText("Dit bericht is te lang.").waitFor();
  assert.equal(await field(page).inputValue(), OPENING, "the text is in the field again");
  await everyWay(page, "an error");
  Object.assign(reply, { status: 429, json: { fout: "te_snel", wacht: 60 } });
  await page.getByRole("button", { name: "Verstuur" }).click();
  await notice(page).getByText("Even wachten.").waitFor();
  await everyWay(page, "patience");
  await page.reload();
  await page.getByRole("button", { name: "Verstuur" }).click();
  await notice(page).locator(".zin").waitFor();
  await everyWay(page, "nothing typed");
  await field(page).fill("o".repeat(2100));
  await page.getByRole("button", { name: "Verstuur" }).click();
  await page.locator("routekaart-chat .teller.fout").waitFor();
  await everyWay(page, "too much typed");
  await page.context().close();
});

test("no connection, and the browser does not let us copy", async () => {
  const way = await gate();
  const page = await open(`${way.url}/chat?rol=leerkracht&gemeente=dordrecht`, { watch: false });
  await tell(page, OPENING);
  await walk(page, (button) => button.click());
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await card(page).getByRole("button", { name: "Kopieer als tekst" }).click();
  await card(page).locator("textarea.zelf").waitFor();
  await everyWay(page, "to be copied by hand");
  await page.context().setOffline(true);
  await field(page).fill("en nu?");
  await page.getByRole("button", { name: "Verstuur" }).click();
  await notice(page).getByText("Er is geen verbinding met Routekaart.").waitFor();
  await everyWay(page, "offline");
  await page.context().close();
  await way.shut();
});

for (const goesOn of [true, false]) {
  test(`a conversation that was erased after a silence: ${goesOn ? "on where it was" : "anew"}, with the text kept`, async () => {
    const way = await gate();
    const page = await open(`${way.url}/chat?rol=leerkracht&gemeente=dordrecht`, { watch: false });
    await tell(page, OPENING);
    await page.evaluate((silence) => {
      const now = Date.now;
      Date.now = () => now() + silence;
    }, SILENCE);
    await way.forget();
    await field(page).fill("ja dat klopt");
    await page.getByRole("button", { name: "Verstuur" }).click();
    await notice(page).getByText("Het gesprek is op de server gewist").waitFor();
    assert.ok((await log(page).innerText()).includes(OPENING), "what was said is still on the screen");
    await everyWay(page, "expired");
    if (goesOn) {
      await page.getByRole("button", { name: "Ga verder waar ik was" }).click();
      await page.locator('routekaart-chat .keuzes.groot button[data-keuze*="acuut"]').first().waitFor();
      assert.ok((await log(page).innerText()).includes(OPENING));
    } else {
      await notice(page).getByRole("button", { name: "Opnieuw beginnen" }).click();
      await page.waitForFunction(() => !document.querySelector("routekaart-chat").shadowRoot.querySelector("[role=log]").childElementCount);
      assert.equal(await field(page).inputValue(), "ja dat klopt", "what was not sent is in the field");
    }
    await page.context().close();
    await way.shut();
  });
}
