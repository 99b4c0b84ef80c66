// A picture of every card: light, dark, on a phone, on paper. `python -m tests.browser.run --screenshots` runs this and makes the files small.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { OPENING, SERVER, answered, count, field, gate, log, notice, open, sheet, stub, tell, walk, watchPrinting } from "./lib.mjs";

const FOLDER = process.env.ROUTEKAART_SCREENSHOTS;
mkdirSync(FOLDER, { recursive: true });
const LONGEST = JSON.parse(readFileSync(process.env.ROUTEKAART_LONGEST, "utf8"));
const CHAT = "/chat?rol=leerkracht&gemeente=dordrecht";
const DOCTOR = "/chat?rol=huisarts&gemeente=dordrecht";
const NOBODY = "/chat?rol=geen_beroep&gemeente=dordrecht";
const LOOKS = [
  ["licht", 720, "light"],
  ["donker", 720, "dark"],
  ["telefoon", 390, "light"],
];
/** High enough that nothing is under a bar. */
const HIGH = 8000;

/** The part of the page to show: from the first of `parts` to the last. */
async function picture(page, name, parts) {
  for (const [look, width, colorScheme] of LOOKS) {
    await page.setViewportSize({ width, height: HIGH });
    await page.mouse.move(1, HIGH - 1);
    await page.emulateMedia({ colorScheme });
    const clip = await page.evaluate((wanted) => {
      scrollTo(0, 0);
      const root = document.querySelector("routekaart-chat").shadowRoot;
      const found = wanted.flatMap((one) => [...root.querySelectorAll(one)]).filter((node) => node.checkVisibility());
      const boxes = found.map((node) => node.getBoundingClientRect()).filter((box) => box.height > 2);
      const top = Math.min(...boxes.map((box) => box.top)) - 12;
      return { x: 0, y: Math.max(0, top), width: innerWidth, height: Math.max(...boxes.map((box) => box.bottom)) + 12 - Math.max(0, top) };
    }, parts);
    await page.screenshot({ path: join(FOLDER, `widget-${name}-${look}.png`), clip });
  }
}

/** What a phone shows after the answer, as it is scrolled then. */
async function screen(name, url, steps) {
  const page = await open(`${SERVER}${url}`, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await steps(page);
  await page.mouse.move(1, 1);
  await page.screenshot({ path: join(FOLDER, `widget-${name}-scherm.png`) });
  await page.context().close();
}

const mild = (page) => walk(page, (button) => button.click());

/** Mark what came after the last thing that was said, so that it can be pictured. */
const mark = (page) =>
  page.evaluate(() => {
    const all = [...document.querySelector("routekaart-chat").shadowRoot.querySelectorAll("[role=log] > *")];
    const from = all.map((node) => node.classList.contains("jij")).lastIndexOf(true);
    all.forEach((node, at) => node.classList.toggle("nieuw", at > from));
  });

async function shot(name, url, steps, parts = [".nieuw"]) {
  const page = await open(url.startsWith("http") ? url : `${SERVER}${url}`, { watch: false, viewport: { width: 720, height: HIGH } });
  await steps(page);
  await mark(page);
  await picture(page, name, parts);
  const button = log(page).locator(".nieuw").getByRole("button", { name: "Print of bewaar als pdf" });
  if (parts[0] === ".nieuw" && (await button.count())) {
    await watchPrinting(page);
    await button.last().click();
    await page.waitForFunction(() => window.printed.length === 1);
    const [printed] = await page.evaluate(() => window.printed);
    const { context, page: onPaper } = await sheet({ ...printed, css: `${printed.css} html { padding: 11mm 16mm; }` });
    await onPaper.emulateMedia({ media: "print" });
    await onPaper.screenshot({ path: join(FOLDER, `widget-${name}-print.png`) });
    await context.close();
  }
  await page.context().close();
}

const made = (...messages) => async (page) => {
  await stub(page, "zeg", (answer) => ({ ...answer, berichten: messages }));
  await field(page).fill("Ik wil oefenen");
  await page.getByRole("button", { name: "Verstuur" }).click();
  await answered(page, 1);
};

const after = (title) => async (page) => {
  await tell(page, OPENING);
  await mild(page);
  const before = (await count(page)) + 1;
  await log(page).getByRole("button", { name: title }).click();
  await answered(page, before);
};

const ALL = [
  ["begin", CHAT, async () => {}, [".rk"]],
  ["signalen", CHAT, (page) => tell(page, OPENING), [".jij", ".nieuw"]],
  ["vraag", CHAT, async (page) => {
    await tell(page, OPENING);
    const before = (await count(page)) + 1;
    await page.locator("routekaart-chat .keuzes.groot button").first().click();
    await answered(page, before);
  }],
  ["routekaart", CHAT, async (page) => (await tell(page, OPENING), await mild(page))],
  ["routekaart-langste", CHAT, made(LONGEST.routekaart)],
  ["kindcheck", DOCTOR, async (page) => {
    await tell(page, "Ik wil de kindcheck doen bij een patiënt die veel te veel drinkt.");
    await mild(page);
  }],
  ["nood", CHAT, (page) => tell(page, "Hij staat hier nu voor me met een mes en dreigt haar dood te steken.")],
  ["antwoord", CHAT, (page) => tell(page, "Kan ik anoniem blijven als ik bel?")],
  ["contact", CHAT, (page) => tell(page, "Wat doet Veilig Thuis?")],
  ["gesprek-ouders", CHAT, after("Gesprek met ouders voorbereiden")],
  ["gesprek-kind", CHAT, after("Gesprek met het kind voorbereiden")],
  ["notitie", CHAT, after("Bewaar of print")],
  ["oefenen-nu", CHAT, (page) => tell(page, "Ik wil oefenen")],
  ["verwijzing", NOBODY, (page) => tell(page, "Ik word thuis geslagen door mijn vader")],
  ["niet-begrepen", CHAT, (page) => tell(page, "Ik zie dat er niets gebeurt met het paard")],
  ["gestopt", CHAT, async (page) => {
    await tell(page, OPENING);
    await page.locator("routekaart-chat .acties button").last().click();
  }, [".rk"]],
];

for (const [name, url, steps, parts] of ALL) test(name, () => shot(name, url, steps, parts));

test("geen-verbinding, verlopen", async () => {
  const way = await gate();
  const offline = async (page) => {
    await tell(page, OPENING);
    await page.context().setOffline(true);
    await field(page).fill("en hij is stil de laatste weken");
    await page.getByRole("button", { name: "Verstuur" }).click();
    await notice(page).locator(".knop").first().waitFor();
  };
  await shot("geen-verbinding", `${way.url}${CHAT}`, offline, [".jij", ".nieuw", ".status"]);
  const expired = async (page) => {
    await tell(page, OPENING);
    await page.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() + 31 * 60_000;
    });
    await way.forget();
    await field(page).fill("ja dat klopt");
    await page.getByRole("button", { name: "Verstuur" }).click();
    await notice(page).locator(".knop").first().waitFor();
  };
  await shot("verlopen", `${way.url}${CHAT}`, expired, [".jij", ".nieuw", ".status"]);
  await way.shut();
});

test("schermen van een telefoon", async () => {
  await screen("demo", "/demo", async () => {});
  await screen("signalen", "/demo", (page) => tell(page, OPENING));
  await screen("routekaart", "/demo", async (page) => (await tell(page, OPENING), await mild(page)));
  await screen("nood", "/demo", (page) => tell(page, "Hij staat hier nu voor me met een mes en dreigt haar dood te steken."));
});
