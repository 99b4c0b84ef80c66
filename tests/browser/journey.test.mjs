// The main journey, from the first tap to the route card: by mouse, by keyboard alone, narrow and wide, light, dark and in forced colours.
// In every state on the way: axe finds nothing, nothing sticks out, targets are big enough.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OPENING, SERVER, accessible, answered, card, clean, count, field, fits, log, mine, open, tell, walk } from "./lib.mjs";

const DEMO = `${SERVER}/demo`;
const SCREENS = [
  ["320 px, light", { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true }],
  ["1280 px, light", { viewport: { width: 1280, height: 800 } }],
  ["320 px, dark", { viewport: { width: 320, height: 640 }, colorScheme: "dark" }],
  ["1280 px, dark", { viewport: { width: 1280, height: 800 }, colorScheme: "dark" }],
  ["320 px, forced colours", { viewport: { width: 320, height: 640 }, forcedColors: "active", colorScheme: "dark" }],
];

/** The card says what has to be done, with a number to tap, a sentence to copy and the sources folded. */
async function whole(page) {
  const route = card(page);
  assert.equal(await route.count(), 1);
  assert.ok((await route.locator("h3").first().innerText()).length > 3);
  assert.ok(await route.locator(".haast").isVisible());
  assert.ok(await route.locator("blockquote").first().isVisible());
  assert.ok(await route.getByRole("button", { name: "Kopieer deze zin" }).first().isVisible());
  assert.equal(await route.locator("details.bronnen[open]").count(), 0);
  const bar = page.locator("routekaart-chat .balk");
  assert.deepEqual(await bar.locator("a").evaluateAll((all) => all.map((one) => one.getAttribute("href"))), ["tel:112", "tel:08002000"]);
}

for (const [name, options] of SCREENS) {
  test(`by mouse: ${name}; axe and measures in every state`, async () => {
    const page = await open(DEMO, options);
    let at = 0;
    const look = async () => {
      await accessible(page, `${name}, state ${at}`, options.forcedColors === "active");
      await fits(page, `${name}, state ${at++}`);
    };
    await look();
    await tell(page, OPENING);
    await walk(page, (button) => button.click(), look);
    await whole(page);
    // everything folded out, and what a card offers next
    for (const summary of await page.locator("routekaart-chat summary").all()) await summary.click();
    await look();
    await clean(page);
    await page.context().close();
  });
}

test("at most 8 taps from opening /demo to the route card, on a phone", async (t) => {
  const page = await open(DEMO, { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true });
  let taps = 0;
  const tap = async (target) => {
    taps += 1;
    await target.tap();
  };
  await tap(field(page));
  await page.keyboard.insertText(OPENING);
  const before = (await count(page)) + 1;
  await tap(page.getByRole("button", { name: "Verstuur" }));
  await answered(page, before);
  await walk(page, tap);
  await whole(page);
  t.diagnostic(`${taps} taps and ${OPENING.length} letters`);
  assert.ok(taps <= 8, `${taps} taps`);
  await page.context().close();
});

/** What has the focus, inside the widget too. */
const focused = (page) =>
  page.evaluate(() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    const box = node.getBoundingClientRect();
    return { id: node.id, tag: node.tagName, choice: node.dataset.keuze ?? "", words: node.textContent.trim(), box: { top: box.top, bottom: box.bottom } };
  });

/** Press Tab (or `key`) until something has the focus; what was met on the way. */
async function tabTo(page, wanted, key = "Tab", most = 60) {
  const met = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press(key);
    const now = await focused(page);
    met.push(now);
    if (wanted(now)) return met;
  }
  throw new Error(`not reached by ${key}: ${met.map((one) => `${one.tag} ${one.words.slice(0, 20)}`).join(", ")}`);
}

for (const [name, options] of SCREENS.slice(0, 2)) {
  test(`by keyboard alone: ${name}`, async () => {
    const page = await open(DEMO, { ...options, isMobile: false, hasTouch: false });
    const met = await tabTo(page, (now) => now.id === "veld");
    assert.ok(met.some((one) => one.words.includes("112")), "112 comes before the field");
    assert.ok(met.some((one) => one.words === "Verlaat deze pagina"), "so does leaving");
    await page.keyboard.type(OPENING);
    let before = (await count(page)) + 1;
    await page.keyboard.press("Enter");
    await answered(page, before);
    assert.equal((await focused(page)).id, "veld", "an answer does not take the focus");
    await walk(
      page,
      async (button) => {
        const wanted = await button.getAttribute("data-keuze");
        // from the field the choices are behind, from a choice that was made they are ahead
        const backwards = (await focused(page)).id === "veld";
        const way = await tabTo(page, (now) => now.choice === wanted, backwards ? "Shift+Tab" : "Tab");
        const { top, bottom } = way.at(-1).box;
        const hidden = await page.evaluate(() => {
          const root = document.querySelector("routekaart-chat").shadowRoot;
          return [root.querySelector(".balk").getBoundingClientRect().bottom, root.querySelector(".invoer").getBoundingClientRect().top];
        });
        assert.ok(top < hidden[1] && bottom > hidden[0], "what has the focus is not wholly under the bars");
        await page.keyboard.press("Enter");
      },
      async () => {},
    );
    // the choice that was made became a message, and that has the focus: reading goes on from there
    assert.ok(await mine(page).last().evaluate((node) => node.getRootNode().activeElement === node));
    await whole(page);
    await tabTo(page, (now) => now.tag === "SUMMARY");
    await page.keyboard.press("Enter");
    assert.ok((await page.locator("routekaart-chat article.route details[open]").count()) === 1);
    await clean(page);
    await page.context().close();
  });
}

test("Shift three times leaves: the conversation is erased and Back does not return to it", async () => {
  const page = await open(DEMO);
  const ended = [];
  page.on("request", (request) => request.url().endsWith("/gesprek/einde") && ended.push(request.postData()));
  await page.context().route((url) => !url.href.startsWith(SERVER), (route) => route.fulfill({ body: "<title>weer</title>", contentType: "text/html" }));
  await tell(page, OPENING);
  for (let i = 0; i < 3; i++) await page.keyboard.press("Shift");
  await page.waitForURL((url) => !url.href.startsWith(SERVER));
  assert.equal(ended.length > 0, true);
  await page.goBack().catch(() => null);
  assert.ok(!page.url().startsWith(`${SERVER}/demo`), `Back came to ${page.url()}`);
  await page.context().close();
});

test("a Shift that writes a capital does not leave", async () => {
  const page = await open(DEMO);
  await field(page).focus();
  await page.keyboard.type("A");
  for (const letter of ["KeyB", "KeyC", "KeyD"]) await page.keyboard.press(`Shift+${letter}`);
  assert.equal(await field(page).inputValue(), "ABCD");
  assert.ok(page.url().endsWith("/demo"));
  await page.context().close();
});

test("stopping erases and says so; a new conversation begins clean", async () => {
  const page = await open(DEMO);
  await tell(page, OPENING);
  const stop = page.locator("routekaart-chat .acties button").last();
  await stop.click();
  await accessible(page, "stopped");
  assert.equal(await mine(page).count(), 0);
  await page.getByRole("button", { name: "Nieuw gesprek beginnen" }).click();
  assert.equal(await log(page).evaluate((node) => node.childElementCount), 0);
  await tell(page, OPENING);
  await page.context().close();
});

/** What of the thing with the focus can be seen: not under the bars, not off the screen; in px of its height. */
const seen = (page) =>
  page.evaluate(() => {
    const root = document.querySelector("routekaart-chat").shadowRoot;
    const node = root.activeElement;
    if (!node) return undefined;
    const { left, width, top, bottom } = node.getBoundingClientRect();
    const x = Math.min(innerWidth - 1, Math.max(0, left + Math.min(width / 2, 20)));
    let px = 0;
    for (let y = Math.max(0, Math.ceil(top)); y < Math.min(innerHeight, bottom); y += 2) {
      const over = root.elementFromPoint(x, y);
      if (over && (node.contains(over) || over.contains(node) || node.parentElement.contains(over))) px += 2;
    }
    return { px, height: bottom - top, what: node.outerHTML.slice(0, 80) };
  });

for (const [name, options] of [
  ["320 px", { viewport: { width: 320, height: 640 } }],
  ["200% zoom", { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  ["320 px and 200% zoom", { viewport: { width: 320, height: 320 }, deviceScaleFactor: 2 }],
  ["letters twice as large", { viewport: { width: 320, height: 640 } }],
]) {
  test(`the bar is low, all of it can be reached, and it covers nothing that has the focus: ${name}`, async () => {
    const page = await open(DEMO, options);
    if (name.startsWith("letters")) await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await tell(page, OPENING);
    await walk(page, (button) => button.click());
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight / 2));
    const bar = await page.evaluate(() => {
      const root = document.querySelector("routekaart-chat").shadowRoot;
      const box = (node) => node.getBoundingClientRect();
      const parts = [".n112", ".nvt", ".weg"].map((part) => box(root.querySelector(part)));
      const stuck = [".balk", ".stappen"].filter((part) => getComputedStyle(root.querySelector(part)).position === "sticky");
      return {
        covers: Math.max(0, ...stuck.map((part) => box(root.querySelector(part)).bottom)),
        small: parts.filter((one) => one.width < 44 || one.height < 44).length,
        outside: parts.filter((one) => stuck.length && (one.left < 0 || one.right > innerWidth || one.top < 0)).length,
      };
    });
    assert.deepEqual([bar.small, bar.outside], [0, 0]);
    assert.ok(bar.covers <= (options.viewport.width < 400 ? 64 : 72), `the bar covers ${bar.covers} px`);
    await page.evaluate(() => scrollTo(0, 0));
    await page.locator("routekaart-chat .n112").focus();
    let met = 0;
    for (const key of ["Tab", "Shift+Tab"]) {
      for (let i = 0; i < 70; i++) {
        await page.keyboard.press(key);
        const now = await seen(page);
        if (!now) break;
        met += 1;
        assert.ok(now.px >= Math.min(20, now.height / 2), `${key}: ${now.px} of ${now.height} px of ${now.what} can be seen`);
      }
      if (key === "Tab") await page.keyboard.press("Shift+Tab");
    }
    assert.ok(met > 30, `${met} met`);
    await page.context().close();
  });
}

test("at 200% zoom (half the width, letters twice as large) the words stay inside", async () => {
  const page = await open(DEMO, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
  await tell(page, OPENING);
  await fits(page, "200%");
  await page.context().close();
});
