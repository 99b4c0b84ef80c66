// On paper: the longest cards that the program can make (longest.py) are one sheet of A4 each, in black on white, with everything unfolded.
// Only a note is longer: it is a text for the user's own record, and follows what was told.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SERVER, answered, field, log, open, paper, stub, watchPrinting } from "./lib.mjs";

const LONGEST = JSON.parse(readFileSync(process.env.ROUTEKAART_LONGEST, "utf8"));
/** Pages of what may be more than one. */
const LONGER = { notitie: 3 };
/** Letters are not the same everywhere; here they are wide already. */
const LEEWAY = 1.03;
/** Where the PDFs are left to be looked at; empty: nowhere. */
const KEEP = process.env.ROUTEKAART_PRINTED ?? "";

for (const [name, message] of Object.entries(LONGEST)) {
  test(`the longest card of its kind on paper: ${name}`, async (t) => {
    const page = await open(`${SERVER}/chat?rol=leerkracht&gemeente=dordrecht`);
    await stub(page, "zeg", (answer) => ({ ...answer, berichten: [message] }));
    await field(page).fill("Hallo");
    await page.getByRole("button", { name: "Verstuur" }).click();
    await answered(page, 1);
    await watchPrinting(page);
    await log(page).getByRole("button", { name: "Print of bewaar als pdf" }).click();
    await page.waitForFunction(() => window.printed.length === 1);
    const [printed] = await page.evaluate(() => window.printed);
    assert.equal(printed.folded, 0);
    const { pdf, pages } = await paper(printed);
    if (KEEP) writeFileSync(join(KEEP, `${name}.pdf`), pdf);
    t.diagnostic(`${printed.words.length} characters`);
    const most = LONGER[name] ?? 1;
    assert.ok(pages <= most, `${pages} pages`);
    assert.ok((await paper(printed, LEEWAY)).pages <= most, "with room for other letters");
    const colours = await page.evaluate((css) => [...css.matchAll(/(?:color|background)[^:;{}]*:\s*([^;}]+)/g)].map((one) => one[1].trim()), printed.css);
    const plain = /^(?:#000|#fff|rgb\(0, 0, 0\)|rgb\(255, 255, 255\)|black|white|none)$/;
    assert.deepEqual(colours.filter((one) => !plain.test(one)), [], "black on white");
    await page.context().close();
  });
}
