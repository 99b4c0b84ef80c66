// On the page of a school: hostile CSS around it, a strict policy, a site that is not on the list, and the frame-free page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OPENING, SERVER, accessible, card, clean, field, fits, notice, open, school, tell, walk } from "./lib.mjs";

const SCHOOL = "https://dekastanje.example";
const POLICY = [
  "default-src 'none'",
  `script-src ${SERVER}`,
  `connect-src ${SERVER}`,
  "style-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");
const HOSTILE = `
  * { all: unset !important; display: inline !important; color: #fff !important; background: #fff !important; font: 4px/1 serif !important; }
  html { font-size: 4px !important; }
  button, a, textarea, h2, p, [role=log], .rk, .kaart, .balk { display: none !important; }
  routekaart-chat { text-transform: uppercase; letter-spacing: 2em; direction: rtl; line-height: 0; text-align: right; }
  #veld, #titel { position: absolute; left: -9999px; }`;

/** The lines to embed it, as /demo gives them. */
async function snippet() {
  const demo = await (await fetch(`${SERVER}/demo`)).text();
  const code = /<code>([\s\S]*?)<\/code>/.exec(demo)[1];
  return code.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#34;", '"').replaceAll("&amp;", "&");
}

const html = (lines, css = "") =>
  `<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>School</title><meta name="viewport" content="width=device-width">
   ${css && `<style>${css}</style>`}</head><body><main><h1>Zorgen over een leerling</h1>${lines}</main></body></html>`;

/** How the widget looks from outside: sizes, letters and colours of its parts. */
const looks = (page) =>
  page.evaluate(() => {
    const root = document.querySelector("routekaart-chat").shadowRoot;
    return [".rk", "h2", "#veld", ".invoer .knop", ".balk a", ".weg", "article.route h3", "article.route .waarom"].map((name) => {
      const style = getComputedStyle(root.querySelector(name));
      return [name, ...["display", "color", "backgroundColor", "fontSize", "lineHeight", "textTransform", "letterSpacing", "direction", "position"].map((key) => style[key])].join(" | ");
    });
  });

const embedded = async (css, headers) => {
  const page = await school(html(await snippet(), css), headers);
  await page.goto(`${SCHOOL}/team`);
  await field(page).waitFor();
  await tell(page, OPENING);
  await walk(page, (button) => button.click());
  return page;
};

test("the lines of /demo on the page of a school with a strict policy: nothing is refused, and it is dressed", async () => {
  const page = await embedded("", { "content-security-policy": POLICY });
  await accessible(page, "strict policy");
  await fits(page, "strict policy");
  assert.equal(await page.locator("routekaart-chat .balk").evaluate((node) => getComputedStyle(node).display), "flex");
  await clean(page, SCHOOL);
  await page.context().close();
});

test("hostile CSS of the page does not come in", async () => {
  const plain = await embedded("");
  const want = await looks(plain);
  await plain.context().close();
  const page = await embedded(HOSTILE);
  assert.deepEqual(await looks(page), want);
  await page.context().close();
});

test("a site that is not on the list: said in words, with the numbers and a way on", async () => {
  const page = await school(html(await snippet()));
  await page.goto("https://ander.example/");
  await notice(page).getByText("op deze website nog niet aangezet").waitFor();
  assert.equal(await notice(page).getByRole("link", { name: "Open de pagina van Routekaart" }).getAttribute("href"), `${SERVER}/chat`);
  assert.deepEqual(await notice(page).locator("a.nummer").evaluateAll((all) => all.map((one) => one.getAttribute("href"))), ["tel:112", "tel:08002000"]);
  assert.equal(await field(page).isVisible(), false);
  await accessible(page, "not on the list");
  await page.context().close();
});

test("/chat works by itself and can't be framed", async () => {
  const page = await open(`${SERVER}/chat?rol=leerkracht&gemeente=dordrecht`);
  await accessible(page, "/chat");
  await tell(page, OPENING);
  await walk(page, (button) => button.click());
  assert.equal(await card(page).count(), 1);
  await clean(page);
  await page.context().close();
  const around = await school(`<!doctype html><iframe src="${SERVER}/chat"></iframe>`);
  await around.goto(`${SCHOOL}/`);
  await around.waitForLoadState("load");
  assert.ok(around.wrong.some((one) => one.includes("frame-ancestors")), around.wrong.join("; "));
  await around.context().close();
});

test("without the script the numbers are there, and the way to the plain page", async () => {
  const page = await open(`${SERVER}/chat`, { javaScriptEnabled: false, keep: true });
  assert.deepEqual((await page.locator("routekaart-chat a").evaluateAll((all) => all.map((one) => one.getAttribute("href")))).slice(0, 3), ["tel:112", "tel:08002000", "/"]);
  await page.context().close();
});
