// What a screen reader says: everything announced on the way, and everything read from top to bottom at the route card. Compared with
// transcript.txt, which somebody read (the simulated reader also reads what is folded, and leaves out the spaces between blocks that are
// announced at once; real ones do not); `python -m tests.browser.run --update reader.test.mjs` writes it anew.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { OPENING, SERVER, notice, open, tell, walk } from "./lib.mjs";

const FILE = join(dirname(fileURLToPath(import.meta.url)), "transcript.txt");
const READER = readFileSync(join(dirname(createRequire(import.meta.url).resolve("@guidepup/virtual-screen-reader")), "..", "esm", "index.browser.js"), "utf8");
const MOST = 1500;

test("a whole journey, as it is heard", async () => {
  const page = await open("about:blank", { keep: true });
  await page.route("**/reader.js", (route) => route.fulfill({ body: READER, contentType: "text/javascript" }));
  const begun = page.waitForResponse("**/gesprek/begin");
  await page.goto(`${SERVER}/demo`);
  await (await begun).finished();
  const told = [];
  // what is announced; where the reader's own cursor was taken along by the focus is left out
  const announced = async () => told.push(...(await page.evaluate(() => window.heard())).filter((one) => /^(polite|assertive): /.test(one)));
  await page.evaluate(async (most) => {
    const { virtual } = await import("/reader.js");
    const container = document.querySelector("routekaart-chat").shadowRoot.querySelector(".rk");
    await virtual.start({ container });
    let from = 0;
    window.heard = async () => {
      const all = await virtual.spokenPhraseLog();
      const added = all.slice(from);
      from = all.length;
      return added;
    };
    window.readAll = async () => {
      await virtual.stop();
      await virtual.start({ container });
      const first = await virtual.lastSpokenPhrase();
      for (let i = 0; i < most; i++) {
        await virtual.next();
        if ((await virtual.lastSpokenPhrase()) === `end of ${first}`) break;
      }
      from = 0;
      return window.heard();
    };
  }, MOST);
  told.push("== at the beginning, from top to bottom", ...(await page.evaluate(() => window.readAll())));
  told.push("", `== typed: ${OPENING}`);
  await tell(page, OPENING);
  await walk(
    page,
    async (button) => {
      told.push("", `-- chosen: ${await button.innerText()}`);
      await button.click();
    },
    announced,
  );
  // what was announced last goes away by itself
  await page.waitForFunction(() => !document.querySelector("routekaart-chat").shadowRoot.querySelector(".v[role=status]").textContent);
  told.push("", "== at the route card, from top to bottom", ...(await page.evaluate(() => window.readAll())));
  assert.ok(!(await notice(page).innerText()).trim());
  await page.context().close();
  const text = `${told.join("\n").trim()}\n`;
  if (process.env.UPDATE_TRANSCRIPT) return writeFileSync(FILE, text);
  assert.deepEqual(text.split("\n"), readFileSync(FILE, "utf8").split("\n"), "what is heard changed: read it, then --update");
});
