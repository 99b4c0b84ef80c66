// The conversation with the server: nothing lost, nothing doubled.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HEADER, Talk } from "../.test/talk.js";

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A server as in bot/server/widget_routes.py, small: it numbers, remembers the last answer, and can be taken down or made to forget. */
class Server {
  sessions = new Map();
  issued = 0;
  answered = [];
  bodies = [];
  down = false;
  lose = 0;
  forbidden = false;
  busy = 0;
  ill = 0;

  forget() {
    this.sessions.clear();
    this.issued += 100;
    this.genuine = this.issued;
  }

  fetch = async (url, options) => {
    if (this.down) throw new TypeError("no connection");
    const data = JSON.parse(options.body);
    this.bodies.push(data);
    const json = (status, body) => ({ ok: status < 300, status, json: async () => body });
    if (url.endsWith("/begin"))
      return this.forbidden
        ? json(403, { fout: "herkomst" })
        : json(200, { token: `t${++this.issued}`, nummer: 0, ...(data.link && { rol: "huisarts", gemeente: "rotterdam" }) });
    const token = options.headers[HEADER];
    if (Number(token.slice(1)) <= (this.genuine ?? 0)) return json(410, { fout: "verlopen" });
    if (this.ill > 0) return (this.ill--, json(503, { fout: "storing", tekst: "ziek", berichten: data.bericht === "gevaar" ? [{ text: "bel 112" }] : [] }));
    if (this.busy > 0) return (this.busy--, json(429, { fout: "te_snel", wacht: 3 }));
    if (data.bericht === "te veel") return json(413, { fout: "te_lang", tekst: "te lang" });
    const session = this.sessions.get(token) ?? { number: 0 };
    this.sessions.set(token, session);
    if (data.nummer !== session.number) {
      assert.equal(data.nummer, session.number + 1);
      session.number = data.nummer;
      this.answered.push(data.bericht ?? data.keuze);
      session.reply = {
        nummer: data.nummer,
        berichten: [{ text: `antwoord ${data.bericht ?? data.keuze}` }],
        ...(data.bericht === "stop" && { einde: "gestopt" }),
      };
    }
    if (this.lose > 0) {
      this.lose -= 1;
      throw new TypeError("the answer was lost");
    }
    return json(200, session.reply);
  };
}

function setUp(entry = { rol: "leerkracht" }) {
  const server = new Server();
  const clock = { now: 0 };
  const later = [];
  const seen = { states: [], answers: [], refused: [], retold: [], beacons: [], alarms: [] };
  const view = {
    opened: () => {},
    state: (state) => seen.states.push(state),
    answered: (turn, answer) => seen.answers.push(answer.berichten[0].text),
    refused: (turn, reason) => seen.refused.push([turn.text ?? turn.payload, reason]),
    alarm: (messages) => seen.alarms.push(messages.map((message) => message.text)),
    retold: (turns) => seen.retold.push(turns.map(([turn]) => turn.text)),
  };
  const world = {
    fetch: server.fetch,
    later: (action, milliseconds) => milliseconds < 20_000 && later.push(action),
    now: () => clock.now,
    beacon: (url, body) => seen.beacons.push([url, JSON.parse(body)]),
  };
  const talk = new Talk("https://server.example", entry, view, world);
  const pass = async () => {
    for (let i = 0; i < 30; i++) await settle();
  };
  const wait = async () => {
    await pass();
    later.splice(0).forEach((action) => action());
    await pass();
  };
  return { server, clock, seen, talk, pass, wait };
}

test("messages are numbered and answered once, one at a time", async () => {
  const { server, seen, talk, pass } = setUp();
  assert.equal(talk.say({ text: "een" }), true);
  assert.equal(talk.say({ text: "te vroeg" }), false);
  await pass();
  assert.equal(talk.say({ payload: "/twee", title: "Twee" }), true);
  await pass();
  assert.deepEqual(server.answered, ["een", "/twee"]);
  assert.deepEqual(seen.answers, ["antwoord een", "antwoord /twee"]);
  assert.equal(talk.busy, false);
});

test("a server that can't keep anything still gives the alarm, once, and the message is answered when it is well again", async () => {
  const { server, seen, talk, wait } = setUp();
  server.ill = 3;
  talk.say({ text: "gevaar" });
  for (let i = 0; i < 5; i++) await wait();
  assert.deepEqual(seen.alarms, [["bel 112"]]);
  assert.deepEqual(seen.answers, ["antwoord gevaar"]);
  server.ill = 1;
  talk.say({ text: "gewoon" });
  for (let i = 0; i < 3; i++) await wait();
  assert.equal(seen.alarms.length, 1);
  assert.deepEqual(server.answered, ["gevaar", "gewoon"]);
});

test("an answer that was lost on the way is asked for again, and the message is not handled twice", async () => {
  const { server, seen, talk, wait } = setUp();
  server.lose = 2;
  talk.say({ text: "een" });
  await wait();
  assert.ok(talk.busy);
  assert.ok(seen.states.includes("weg"));
  await wait();
  await wait();
  assert.deepEqual(server.answered, ["een"]);
  assert.deepEqual(seen.answers, ["antwoord een"]);
});

test("without a connection the message waits, and hurrying sends it", async () => {
  const { server, seen, talk, pass } = setUp();
  server.down = true;
  talk.say({ text: "een" });
  await pass();
  assert.equal(seen.states.at(-1), "weg");
  server.down = false;
  talk.hurry();
  await pass();
  assert.deepEqual(seen.answers, ["antwoord een"]);
  assert.equal(seen.states.at(-1), "klaar");
});

test("a server that was restarted is told everything again, then gets the message", async () => {
  const { server, seen, talk, pass } = setUp();
  for (const text of ["een", "twee"]) {
    talk.say({ text });
    await pass();
  }
  server.forget();
  server.answered.length = 0;
  talk.say({ text: "drie" });
  await pass();
  assert.deepEqual(server.answered, ["een", "twee", "drie"]);
  assert.deepEqual(seen.retold, [["een", "twee"]]);
  assert.equal(seen.answers.at(-1), "antwoord drie");
});

test("after a long silence nothing is told again until the user says so", async () => {
  const { server, clock, seen, talk, pass } = setUp();
  talk.say({ text: "een" });
  await pass();
  server.forget();
  server.answered.length = 0;
  clock.now += 31 * 60_000;
  talk.say({ text: "twee" });
  await pass();
  assert.equal(seen.states.at(-1), "verlopen");
  assert.deepEqual(server.answered, []);
  talk.resume();
  await pass();
  assert.deepEqual(server.answered, ["een", "twee"]);
});

test("after a long silence starting anew gives the message back and tells nothing", async () => {
  const { server, clock, talk, pass } = setUp();
  talk.say({ text: "een" });
  await pass();
  server.forget();
  server.answered.length = 0;
  clock.now += 31 * 60_000;
  talk.say({ text: "twee" });
  await pass();
  assert.equal(talk.end()?.text, "twee");
  await pass();
  assert.deepEqual(server.answered, []);
  assert.equal(talk.busy, false);
});

test("a server that asks for patience gets it, and the message is not lost", async () => {
  const { server, seen, talk, wait } = setUp();
  server.busy = 1;
  talk.say({ text: "een" });
  await wait();
  await wait();
  assert.ok(seen.states.includes("wacht"));
  assert.deepEqual(server.answered, ["een"]);
});

test("a message that can't be sent comes back with the reason", async () => {
  const { seen, talk, pass } = setUp();
  talk.say({ text: "te veel" });
  await pass();
  assert.deepEqual(seen.refused, [["te veel", "te lang"]]);
  assert.equal(talk.busy, false);
});

test("a site that is not on the list is told so, and keeps being told", async () => {
  const { server, seen, talk, pass } = setUp();
  server.forbidden = true;
  await talk.open();
  assert.equal(seen.states.at(-1), "herkomst");
  talk.say({ text: "een" });
  await pass();
  assert.equal(seen.states.at(-1), "herkomst");
  assert.deepEqual(seen.refused, [["een", ""]]);
});

test("leaving erases on the server, and only when there is something to erase", async () => {
  const { seen, talk, pass } = setUp();
  await talk.open();
  talk.end();
  assert.deepEqual(seen.beacons, []);
  talk.say({ text: "een" });
  await pass();
  talk.end();
  assert.equal(seen.beacons.length, 1);
  assert.equal(seen.beacons[0][0], "https://server.example/gesprek/einde");
  assert.ok(seen.beacons[0][1].token);
});

test("an answer that comes after leaving is not shown", async () => {
  const { seen, talk, pass } = setUp();
  talk.say({ text: "een" });
  talk.end();
  await pass();
  assert.deepEqual(seen.answers, []);
});

test("stopping in words forgets here too", async () => {
  const { server, seen, talk, pass } = setUp();
  talk.say({ text: "stop" });
  await pass();
  assert.equal(seen.beacons.length, 1);
  talk.say({ text: "nieuw" });
  await pass();
  assert.deepEqual(server.answered, ["stop", "nieuw"]);
  assert.equal(server.sessions.size, 2);
});

test("a signed link is sent once; what it said goes on without it, also after a restart", async () => {
  const { server, seen, talk, pass } = setUp({ link: "geheim", rol: "leerkracht", school: "x" });
  await talk.open();
  talk.say({ text: "een" });
  await pass();
  server.forget();
  talk.say({ text: "twee" });
  await pass();
  talk.end();
  const [first, ...later] = [...server.bodies, ...seen.beacons.map(([, body]) => body)];
  assert.equal(first.link, "geheim");
  assert.ok(later.length > 4);
  for (const body of later) {
    assert.equal(JSON.stringify(body).includes("geheim"), false);
    assert.deepEqual([body.rol, body.gemeente, body.school], ["huisarts", "rotterdam", "x"]);
  }
});
