// Cards as elements. Every field is read with care: what is missing, empty or oddly shaped is left out, and a card that can't be shown is
// shown as its text. The plain page (bot/server/page.py) does the same on the server.

import { add, type Child, h, icon, linked, number, prose } from "./dom.js";
import { choices, line, lines, numbers, rows, tel, webAddress } from "./text.js";
import type { Card, Choice, Message } from "./types.js";

/** What a card needs of who shows it. */
export interface Desk {
  /** Where the pages of Routekaart are. */
  readonly server: string;
  /** The text of a key; empty where there is none. */
  say(key: string, values?: Record<string, string | number>): string;
  copy(text: string, button: HTMLElement): void;
  print(card: HTMLElement): void;
  /** Take a sign away that was read wrong. */
  remove(sign: string, title: string, button: HTMLElement): void;
}

const PHONE =
  "M6.6 10.8a15 15 0 0 0 6.6 6.6l2.2-2.2a1 1 0 0 1 1-.25 11.4 11.4 0 0 0 3.6.57 1 1 0 0 1 1 1" +
  "V20a1 1 0 0 1-1 1A17 17 0 0 1 3 4a1 1 0 0 1 1-1h3.5a1 1 0 0 1 1 1c0 1.25.2 2.45.57 3.57a1 1 0 0 1-.25 1z";
const COPY =
  "M9 3h9a3 3 0 0 1 3 3v9a3 3 0 0 1-3 3h-1v-2h1a1 1 0 0 0 1-1V6a1 1 0 0 0-1-1H9a1 1 0 0 0-1 1v1H6V6a3 3 0 0 1 3-3z" +
  "M6 9h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2zm0 2v8h8v-8z";
const URGENT = ["nu", "vandaag", "deze_week", "rustig"];
/** Cards that ask: their options are the answer. */
const ASKING = ["vraag", "signalen", "oefening"];
/** Cards to take along; of a rehearsal the end. */
const KEPT = ["routekaart", "gesprek", "notitie"];

/** An address on the server that a card may lead to. */
const OWN_PAGE = /^\/[a-z]+(?:\/[a-z]+)*$/;

interface Way {
  kind: string;
  value: string;
  hours: string;
  numbers: string[];
  url: string;
}

/** A message ready to show. `asks`: its choices answer a question; `step`: where in the meldcode, on a route card only (null: nowhere). */
export interface Shown {
  node: HTMLElement;
  choices: Choice[];
  asks: boolean;
  question: string;
  /** What to say of a card that is too long to be read aloud in one go; empty for other cards. */
  brief: string;
  step?: number | null;
}

let count = 0;

/** Show one message. */
export function show(message: Message, desk: Desk): Shown {
  const card: Card = message.custom ?? {};
  const kind = line(card.type);
  const text = line(message.text);
  const id = `k${++count}`;
  const made = CARDS.get(kind)?.(card, text, desk, id);
  const node = made ?? h("div", { class: "tekst", id }, prose(text));
  const kept = made && (KEPT.includes(kind) || !!made.querySelector(".weg-terug"));
  const brief = kept ? aloud(node.querySelector(".top") ?? node.querySelector("h3") ?? node) : "";
  // the texts of a note each have a button of their own
  if (kept) add(node, takeAlong(node, kind === "notitie" ? "" : text, desk));
  const shown: Shown = { node, choices: choices(card.opties, message.buttons), asks: ASKING.includes(kind), question: id, brief };
  if (kind === "routekaart") shown.step = typeof card.stap === "number" && card.stap >= 1 && card.stap <= 5 ? card.stap : null;
  return shown;
}

/** The words of an element as they are said: its parts as sentences. */
function aloud(node: Element): string {
  const parts = [...node.querySelectorAll("h3, p, li")];
  return (parts.length ? parts : [node])
    .map((part) => (part.textContent ?? "").replace(/\s+/g, " ").trim())
    .map((words) => (/[.!?:]$/.test(words) ? words : `${words}.`))
    .join(" ");
}

// -- parts ---------------------------------------------------------------------------------------------------------------------

const frame = (kind: string, id: string, heading: string, ...children: Child[]): HTMLElement =>
  h("article", { class: `kaart ${kind}`, "aria-labelledby": heading && id }, heading && h("h3", { id }, heading), children);

const part = (title: string, given: readonly string[], kind = ""): Child =>
  given.length > 0 &&
  h(
    "section",
    { class: `deel ${kind}` },
    title && h("h4", {}, title),
    given.length === 1
      ? prose(given[0] ?? "")
      : h(
          "ul",
          {},
          given.map((text) => h("li", {}, linked(text))),
        ),
  );

const folded = (title: string, ...children: Child[]): Child =>
  children.flat().some(Boolean) && h("details", {}, h("summary", {}, title), children);

const small = (...texts: string[]): Child =>
  texts.some(Boolean) &&
  h(
    "div",
    { class: "klein" },
    texts.filter(Boolean).map((text) => prose(text)),
  );

const hidden = (text: string): HTMLElement => h("span", { class: "v" }, text);

const quote = (title: string, given: readonly string[], desk: Desk): Child =>
  given.length > 0 &&
  h(
    "section",
    { class: "deel zeg" },
    title && h("h4", {}, title),
    given.map((text) => h("div", { class: "citaat" }, h("blockquote", {}, prose(text, false)), copySentence(text, desk))),
  );

function copyButton(key: string, text: string, desk: Desk): HTMLElement {
  const button: HTMLElement = h("button", { type: "button", class: "stil-knop", click: () => desk.copy(text, button) }, desk.say(key));
  return button;
}

/** A small button without words in it, so that a sentence keeps the width of a phone. */
function copySentence(text: string, desk: Desk): HTMLElement {
  const label = desk.say("widget_kopieer_zin");
  const button: HTMLElement = h(
    "button",
    { type: "button", class: "kopie", "aria-label": label, title: label, click: () => desk.copy(text, button) },
    icon(COPY),
  );
  return button;
}

const takeAlong = (card: HTMLElement, text: string, desk: Desk): Child =>
  h(
    "div",
    { class: "meenemen" },
    text && copyButton("widget_kopieer", text, desk),
    h("button", { type: "button", class: "stil-knop", click: () => desk.print(card) }, desk.say("widget_print")),
  );

const outside = (url: string, text: string, desk: Desk): HTMLElement =>
  h(
    "a",
    { class: "buiten", href: url, target: "_blank", rel: "noreferrer noopener", referrerpolicy: "no-referrer" },
    text,
    hidden(` ${desk.say("widget_nieuw_tabblad")}`),
  );

function sources(value: unknown, desk: Desk): Child {
  const named = [...lines(value).map((name) => ({ naam: name })), ...rows(value)].map((row: Card) => ({
    name: line(row.naam) || line(row.url),
    date: line(row.datum),
    url: webAddress(row.url),
  }));
  return (
    named.length > 0 &&
    h(
      "details",
      { class: "bronnen" },
      h("summary", {}, desk.say("kaart_bronnen"), h("span", { class: "stil" }, ` (${named.length})`)),
      h(
        "ul",
        {},
        named.map((row) =>
          h(
            "li",
            {},
            row.url ? outside(row.url, row.name, desk) : row.name,
            row.date && row.date !== "onbekend" && h("span", { class: "stil" }, `, ${row.date}`),
          ),
        ),
      ),
    )
  );
}

function waysOf(value: unknown): Way[] {
  const found = rows(value).map((row) => {
    const kind = line(row.soort);
    const text = line(row.waarde);
    return {
      kind,
      value: text,
      hours: line(row.uren),
      numbers: kind === "telefoon" || !kind ? numbers(text) : [],
      url: kind === "website" || kind === "chat" ? webAddress(row.url || text) : "",
    };
  });
  return found.filter((way) => way.value).sort((a, b) => Number(!a.numbers.length) - Number(!b.numbers.length));
}

/** The ways to reach somebody: numbers as buttons to tap, addresses as links, the rest as words. */
const reach = (ways: readonly Way[], name: string, desk: Desk): Child =>
  ways.length > 0 &&
  h(
    "ul",
    { class: "bereik" },
    ways.map((way) =>
      h(
        "li",
        {},
        way.numbers.length
          ? way.numbers.map((value) =>
              h(
                "a",
                { class: "bel", href: tel(value) },
                icon(PHONE),
                h(
                  "span",
                  {},
                  h("span", { class: "bel-naam" }, `${desk.say("widget_bel")} ${name !== value ? name : ""}`.trim(), " "),
                  h("b", {}, value),
                ),
              ),
            )
          : way.url
            ? [outside(way.url, way.value, desk), way.kind === "chat" && h("span", { class: "stil" }, " (chat)")]
            : [h("span", { class: "weg-naar" }, linked(way.value)), way.kind === "app" && h("span", { class: "stil" }, " (app)")],
        way.hours && [" ", h("span", { class: "uren" }, way.hours)],
      ),
    ),
  );

interface Person {
  name: string;
  when: string;
  ways: Way[];
}

/** A contact on a card: a mapping, an id that can't be looked up here, or a ready sentence. */
function people(value: unknown): Person[] {
  return (Array.isArray(value) ? value : [value]).flatMap((row: unknown): Person[] => {
    if (typeof row === "string") return row.includes(" ") ? [{ name: "", when: row, ways: [] }] : [];
    const given = rows([row])[0];
    const name = given ? line(given.naam) : "";
    return given && (name || line(given.voorwaarde)) ? [{ name, when: line(given.voorwaarde), ways: waysOf(given.bereik) }] : [];
  });
}

// -- the cards -----------------------------------------------------------------------------------------------------------------

type Make = (card: Card, text: string, desk: Desk, id: string) => HTMLElement | undefined;

const local = (card: Card): string => line(card.lokaal);

const routekaart: Make = (card, text, desk, id) => {
  const name = line(card.naam);
  const heading = line(card.kop) || name;
  if (!heading) return undefined;
  const urgency = line(card.urgentie);
  const ways = waysOf(card.bereik);
  const why = line(card.waarom);
  const askAt = line(card.vraag_na_bij);
  return h(
    "article",
    { class: `kaart route${URGENT.includes(urgency) ? ` urg-${urgency}` : ""}`, "aria-labelledby": id },
    h(
      "div",
      { class: "top" },
      h("h3", { id }, heading),
      // above the heading for the eye, behind it for who goes from heading to heading
      line(card.urgentie_titel) && h("p", { class: "haast" }, hidden(`${desk.say("kaart_urgentie")}: `), line(card.urgentie_titel)),
      h("div", { class: "waarom" }, prose(why || text)),
      reach(ways, name, desk),
      !ways.length && askAt && prose(desk.say("vraag_na", { bij: askAt })),
    ),
    quote(desk.say("kaart_zeg"), lines(card.zeg), desk),
    part(desk.say("kaart_noteer"), lines(card.noteer)),
    later(people(card.daarna), desk),
    part(desk.say("kaart_houdt_vast"), lines(card.houdt_vast)),
    line(card.melding) &&
      h(
        "section",
        { class: `meldzin${card.melding_norm === true ? " norm" : ""}` },
        h("h4", { class: "v" }, desk.say("kaart_melding")),
        prose(line(card.melding)),
      ),
    folded(
      [desk.say("kaart_deel"), desk.say("kaart_deel_niet").toLowerCase()].join(", "),
      part(desk.say("kaart_deel"), lines(card.deel)),
      part(desk.say("kaart_deel_niet"), lines(card.deel_niet)),
    ),
    small(
      typeof card.stap === "number" ? line(card.stap_titel) : "",
      typeof card.stap === "number" ? line(card.kader_titel) : "",
      local(card),
    ),
    sources(card.bronnen, desk),
  );
};

const later = (after: readonly Person[], desk: Desk): Child =>
  after.length > 0 &&
  h(
    "section",
    { class: "deel" },
    h("h4", {}, desk.say("kaart_daarna")),
    h(
      "ol",
      {},
      after.map((row) => {
        const phones = row.ways.filter((way) => way.numbers.length);
        const first = phones[0]?.numbers[0] ?? "";
        const isNumber = !!first && row.name === first;
        // with more than one number it is said which is for when
        const numbered = phones.map((way, at) => [at > 0 && "; ", number(way.numbers[0] ?? ""), phones.length > 1 && `: ${way.hours}`]);
        return h(
          "li",
          {},
          isNumber ? number(first) : row.name && h("b", {}, row.name),
          row.name && row.when && ": ",
          linked(row.when),
          !isNumber && first && [" (", numbered, ")"],
        );
      }),
    ),
  );

const nood: Make = (card, text, desk, id) => {
  const all = people(card.contacten).map((row) => {
    // in danger only what works at once: a number, or the app where speaking is not possible
    const quick = row.ways.filter((way) => way.numbers.length || way.kind === "app");
    return { ...row, ways: quick.length ? quick : row.ways };
  });
  const person = (row: Person): Child =>
    h(
      "div",
      { class: "noodcontact" },
      !row.ways.some((way) => way.numbers.length) && row.name && h("p", {}, h("b", {}, row.name)),
      reach(row.ways, row.name, desk),
      row.when && h("p", { class: "stil" }, linked(row.when)),
    );
  const words = lines(card.tekst);
  return h(
    "article",
    { class: "kaart nood", "aria-labelledby": id },
    h("h3", { id }, line(card.titel) || desk.say("pagina_noodbalk")),
    h(
      "div",
      { class: "binnen" },
      lines(card.eerst).map((text_) => prose(text_)),
      all.slice(0, 2).map(person),
      (words.length ? words : [text]).map((text_) => prose(text_)),
      quote(desk.say("kaart_zeg"), lines(card.zeg).concat(lines(card.hulp)), desk),
      part("", lines(card.laten), "laten"),
      all.length > 2 && h("div", { class: "ook" }, all.slice(2).map(person)),
      sources(card.bronnen, desk),
    ),
  );
};

const vraag: Make = (_card, text, _desk, id) =>
  text ? h("div", { class: `tekst vraag${text.length <= 160 ? " kort" : ""}`, id }, prose(text)) : undefined;

const signalen: Make = (card, _text, desk, id) => {
  const asks = choices(card.opties).length > 0;
  const signs = rows(card.signalen).map((row) => {
    const title = line(row.titel) || line(row.id).replace(/_/g, " ");
    const denied = row.ontkend === true;
    const label = desk.say("widget_haal_weg", { naam: title });
    const away: HTMLElement = h(
      "button",
      { type: "button", class: "weg-x", "aria-label": label, title: label, click: () => desk.remove(line(row.id), title, away) },
      icon("M6 6l12 12M18 6L6 18"),
    );
    return (
      title &&
      h(
        "li",
        { class: denied && "niet" },
        h("span", {}, denied ? desk.say("ontkend", { tekens: title }) : title),
        !denied && line(row.id) && away,
      )
    );
  });
  return signs.some(Boolean)
    ? h(
        "article",
        { class: "kaart signalen", "aria-labelledby": `${id}k` },
        h("h3", { id: `${id}k` }, desk.say("signalen_kop")),
        h("ul", { class: "tekens" }, signs),
        asks && h("p", { class: "klopt", id }, desk.say("signalen_vraag")),
      )
    : undefined;
};

const antwoord: Make = (card, text, desk, id) => {
  const heading = line(card.titel);
  let words = text.startsWith(heading) ? text.slice(heading.length).trim() : text;
  const doubt = local(card);
  if (doubt && words.endsWith(doubt)) words = words.slice(0, -doubt.length).trim();
  return words
    ? frame(
        "antwoord",
        id,
        heading,
        h("div", { class: "deel" }, prose(words)),
        folded(
          desk.say("antwoord_meer"),
          prose(line(card.meer)),
          part(desk.say("kaart_noteer"), lines(card.vastleggen)),
          part(desk.say("gesprek_laten"), lines(card.niet_doen)),
        ),
        small(doubt),
        sources(card.bronnen, desk),
      )
    : undefined;
};

const contact: Make = (card, _text, desk, id) => {
  const name = line(card.naam);
  const askAt = line(card.vraag_na_bij);
  return name
    ? frame(
        "contact",
        id,
        name,
        reach(waysOf(card.bereik), "", desk),
        askAt && prose(desk.say("vraag_na", { bij: askAt })),
        part(desk.say("contact_taak"), lines(card.taak)),
        part(desk.say("contact_wanneer"), lines(card.wanneer)),
        folded(desk.say("antwoord_meer"), prose(line(card.meer))),
        small(line(card.kader_titel), local(card)),
        sources(card.bronnen, desk),
      )
    : undefined;
};

const gesprek: Make = (card, _text, desk, id) => {
  const parts = (given: Card): Child[] => [
    part(desk.say("gesprek_wanneer_niet"), lines(given.wanneer_niet), "let-op"),
    quote(desk.say("gesprek_openingszinnen"), lines(given.openingszinnen), desk),
    part(desk.say("gesprek_doen"), lines(given.doen), "doen"),
    part(desk.say("gesprek_laten"), lines(given.laten), "laten"),
  ];
  const first = parts(card);
  return first.some(Boolean)
    ? frame(
        "gesprek",
        id,
        line(card.titel) || desk.say(card.met === "kind" ? "knop_gesprek_kind" : "knop_gesprek_ouders"),
        first,
        folded(desk.say("antwoord_meer"), ...parts(rows([card.meer])[0] ?? {})),
        small(local(card)),
        sources(card.bronnen, desk),
      )
    : undefined;
};

const kindcheck: Make = (card, text, desk, id) => {
  const outcome = card.zorg === true ? "zorg" : card.zorg === false ? "geen_zorg" : "onbekend";
  const heading = line(card.titel) || desk.say("kindcheck_kop");
  // the heading says it already
  const words = text.startsWith(`${heading}: `) ? text.slice(heading.length + 2) : text;
  const said = words.charAt(0).toUpperCase() + words.slice(1);
  return frame(
    "kindcheck",
    id,
    heading,
    said && h("div", { class: `uitkomst ${outcome}` }, prose(said)),
    part(
      desk.say("kaart_daarna"),
      lines(card.vervolg).filter((row) => row.includes(" ")),
    ),
    sources(card.bronnen, desk),
  );
};

const notitie: Make = (card, text, desk, id) => {
  const note = line(card.tekst) || text;
  const short = line(card.kort);
  // copied as it is sent (short lines), shown as lines that fit the screen
  const block = (words: string, parts: readonly Card[]): Child => [
    h("div", { class: "meenemen" }, copyButton("widget_kopieer", words, desk)),
    parts.length
      ? parts.map((given) =>
          h(
            "section",
            { class: "deel" },
            line(given.kop) && h("h4", {}, line(given.kop)),
            rows(given.regels).map((row) => h("p", {}, line(row.merk) && h("b", {}, `${line(row.merk)}: `), line(row.tekst))),
          ),
        )
      : h("div", { class: "notitie-tekst" }, words),
  ];
  return note
    ? frame("notitie", id, line(card.titel) || desk.say("widget_notitie_kop"), [
        ...lines(card.uitleg).map((words) => prose(words)),
        block(note, rows(card.delen)),
        short && [line(card.titel_kort) && h("h3", {}, line(card.titel_kort)), block(short, rows(card.kort_delen))],
      ])
    : undefined;
};

/** What came of a choice, in the order in which it is read. */
const BACK = ["keuze", "goed", "gevolg", "waarom", "beste", "regel"];

const oefening: Make = (card, text, desk, id) => {
  const words = (value: unknown): string => line(value) || line(rows([value])[0]?.tekst) || line(rows([value])[0]?.titel);
  const heads = rows([card.koppen])[0] ?? {};
  const head = (key: string): string => line(heads[key]);
  const back = rows([card.terugkoppeling])[0] ?? {};
  const same = back.zelfde === true && head("zelfde");
  const parts = BACK.map((key) => {
    const said = words(back[key]);
    return (
      said &&
      (key === "beste" && same
        ? h("section", { class: "deel zelfde" }, prose(same))
        : h(
            "section",
            { class: `deel ${key}` },
            head(key) && h("h4", {}, head(key)),
            prose(said),
            key === "beste" && prose(line(back.waarom_beste)),
          ))
    );
  });
  const way = rows(card.weg).map((row) => station(row, head)).filter(Boolean);
  const moment = words(card.moment);
  const first = lines(card.inleiding);
  const asked = line(card.vraag);
  let told = lines(card.verteld);
  if (!told.length && moment.includes(" ")) told = [moment];
  if (!told.length && !parts.some(Boolean) && !way.length && !first.length && !asked) told = [text].filter(Boolean);
  const title = line(card.titel) || words(card.casus);
  const page = rows([card.pagina])[0] ?? {};
  const question = asked ? h("div", { class: "oefenvraag", id }, prose(asked)) : undefined;
  return told.length || parts.some(Boolean) || way.length || first.length || question
    ? h(
        "article",
        { class: "kaart oefening", "aria-labelledby": `${id}k` },
        h(
          "div",
          { class: "top" },
          h("p", { class: "etiket" }, line(card.label) || desk.say("oefening_kop")),
          h("h3", { id: `${id}k` }, title || desk.say("oefening_kop")),
          line(card.stap_titel) && h("p", { class: "stil" }, line(card.stap_titel)),
        ),
        (told.length > 0 || first.length > 0) &&
          h(
            "div",
            { class: "verhaal", id: !question && id },
            [...first, ...told].map((one) => prose(one)),
          ),
        line(card.denk) && h("p", { class: "denk" }, line(card.denk_kop) && h("b", {}, line(card.denk_kop), " "), line(card.denk)),
        question,
        line(card.eigen_woorden) && h("p", { class: "klein" }, line(card.eigen_woorden)),
        parts.some(Boolean) && h("div", { class: "delen", id: !question && !told.length && id }, parts),
        way.length > 0 && h("section", { class: "deel" }, head("weg") && h("h4", {}, head("weg")), h("ol", { class: "weg-terug" }, way)),
        part(head("fout"), lines(card.fout), "let-op"),
        part(head("leerpunten"), lines(card.leerpunten)),
        part(head("teamvraag"), lines(card.teamvraag)),
        part(
          head("perspectieven"),
          rows(card.perspectieven).map((row) => [line(row.rol), line(row.tekst)].filter(Boolean).join(": ")),
        ),
        small(local(card)),
        OWN_PAGE.test(line(page.pad)) && h("p", {}, outside(desk.server + line(page.pad), line(page.titel), desk)),
        sources(card.bronnen, desk),
      )
    : undefined;
};

/** One moment of the way: a station on each line, or one over both where the choice was the same. */
function station(row: Card, head: (key: string) => string): Child {
  const chosen = line(row.keuze);
  const same = row.zelfde === true;
  const stop = (kind: string, who: string, what: string): Child =>
    h("p", { class: `halte ${kind}` }, who && h("b", {}, who, " "), h("span", {}, what));
  return (
    chosen &&
    h(
      "li",
      {},
      line(row.vraag) && h("p", { class: "bord" }, line(row.vraag)),
      stop(same ? "samen" : "eigen", head(same ? "samen" : "jij"), chosen),
      !same && line(row.advies) && stop("lijn", head("kaart"), line(row.advies)),
      h("p", { class: "stil" }, [line(row.contact), line(row.urgentie).toLowerCase()].filter(Boolean).join(", ")),
    )
  );
}

const CARDS = new Map<string, Make>(
  Object.entries({ routekaart, nood, vraag, signalen, antwoord, contact, gesprek, kindcheck, notitie, oefening }),
);
