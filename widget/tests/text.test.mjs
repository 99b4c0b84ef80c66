// Reading what others made, and the keyboard way out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PAUSE, ShiftCounter } from "../.test/shift.js";
import { blocks, choices, fill, line, lines, numbers, pieces, rows, tel, webAddress } from "../.test/text.js";

test("anything that is no text is nothing", () => {
  for (const odd of [undefined, null, true, {}, [], () => 1]) assert.equal(line(odd), "");
  assert.deepEqual(lines(["a", "", null, 3, ["b"]]), ["a", "3"]);
  assert.deepEqual(lines("een"), ["een"]);
  assert.deepEqual(rows(["a", null, [1], { id: 1 }]), [{ id: 1 }]);
  assert.deepEqual(rows("a"), []);
});

test("a choice may have a line under it, or stand apart", () => {
  const given = [
    { titel: "Zomerkleren", uitleg: "Een jongen in T-shirt", payload: "/a" },
    { titel: "Stop", payload: "/b", apart: true },
    { titel: "Anders", payload: "/c", apart: "ja", uitleg: {} },
  ];
  assert.deepEqual(choices(given, [{ title: "Zomerkleren", payload: "/a" }]), [
    { title: "Zomerkleren", payload: "/a", note: "Een jongen in T-shirt" },
    { title: "Stop", payload: "/b", apart: true },
    { title: "Anders", payload: "/c" },
  ]);
});

test("phone numbers", () => {
  assert.equal(tel("(078) 20 200 20"), "tel:0782020020");
  assert.deepEqual(numbers("113 of 0800-0113"), ["113", "0800-0113"]);
  assert.deepEqual(numbers("bel de praktijk"), []);
  assert.deepEqual(pieces("Bel 112 of 0800-2000. Nooit 1120."), [
    ["Bel ", false],
    ["112", true],
    [" of ", false],
    ["0800-2000", true],
    [". Nooit 1120.", false],
  ]);
  assert.deepEqual(pieces("112, 113"), [
    ["112", true],
    [", ", false],
    ["113", true],
  ]);
  assert.deepEqual(pieces("0800-266 64 36"), [["0800-266 64 36", true]]);
});

test("only addresses of the web become links", () => {
  assert.equal(webAddress("veiligthuis.nl"), "https://veiligthuis.nl");
  assert.equal(webAddress("https://a.nl/b?c=1"), "https://a.nl/b?c=1");
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "aangeleverd stuk", 'https://a.nl/"onclick=', "//evil", ""])
    assert.equal(webAddress(bad), "");
});

test("paragraphs and lists", () => {
  assert.deepEqual(blocks("a\nb\n- c\n- d\n\ne"), [
    { list: false, lines: ["a", "b"] },
    { list: true, lines: ["c", "d"] },
    { list: false, lines: ["e"] },
  ]);
});

test("the same choice comes once, and one without a payload not at all", () => {
  const given = choices(
    [{ titel: "Ja", payload: "/ja" }, { titel: "Leeg" }],
    [
      { title: "Ja", payload: "/ja" },
      { title: "Meer", payload: "/meer" },
    ],
    "odd",
  );
  assert.deepEqual(given, [
    { title: "Ja", payload: "/ja" },
    { title: "Meer", payload: "/meer" },
  ]);
});

test("only known names are filled in", () => {
  assert.equal(fill("{a} en {b}", { a: "x" }), "x en {b}");
  assert.equal(fill("{constructor}", {}), "{constructor}");
});

test("three times Shift, alone and in time", () => {
  const shift = new ShiftCounter();
  const press = (now) => (shift.down("Shift"), shift.up("Shift", now));
  assert.deepEqual([press(0), press(100), press(200)], [2, 1, 0]);
  assert.equal(press(300), 2, "it starts again");
  assert.equal(press(300 + PAUSE + 1), 2, "too late");
});

test("capitals while typing do not count", () => {
  const shift = new ShiftCounter();
  for (let i = 0; i < 5; i++) {
    shift.down("Shift");
    shift.down("A");
    assert.equal(shift.up("Shift", i), undefined);
  }
  shift.down("Shift");
  assert.equal(shift.up("Shift", 10), 2);
  assert.equal(shift.down("b"), true, "something else ends the count");
  shift.down("Shift");
  assert.equal(shift.up("Shift", 20), 2);
  assert.equal(shift.forgotten(20 + PAUSE), true);
  assert.equal(shift.forgotten(20 + PAUSE), false);
});
