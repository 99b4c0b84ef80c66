// A server of a test's own, for tests that stop it or take something away from it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const PYTHON = process.env.ROUTEKAART_PYTHON ?? "python3";
let running;
after(() => running?.kill("SIGTERM"));

export async function freePort() {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/** Start the server and wait until it answers. */
export async function start(port, environment = {}) {
  running = spawn(PYTHON, ["-W", "ignore", "-m", "bot.server", "--port", `${port}`], { cwd: ROOT, stdio: "ignore", env: { ...process.env, PYTHONPATH: ROOT, ...environment } });
  const ended = once(running, "exit").then(([code]) => assert.fail(`the server ended by itself: ${code}`));
  ended.catch(() => {});
  const ready = async () => {
    for (;;) {
      const reply = await fetch(`http://127.0.0.1:${port}/chat`).catch(() => undefined);
      if (reply?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  await Promise.race([ready(), ended]);
}

export async function stop() {
  const gone = once(running, "exit");
  running.kill("SIGTERM");
  await gone;
}
