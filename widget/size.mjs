// Prints the size of the built file as browsers get it, and fails above the limit.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MOST = 20 * 1024;
const file = process.argv[2] ?? new URL("../bot/server/static/widget/routekaart-chat.js", import.meta.url);
const data = readFileSync(file);
const gzip = gzipSync(data, { level: 9 }).length;
const kilo = (bytes) => (bytes / 1024).toFixed(1);
console.log(`routekaart-chat.js: ${kilo(gzip)} kB gzip (${kilo(data.length)} kB), at most ${kilo(MOST)} kB.`);
if (gzip > MOST) {
  console.error("Too large.");
  process.exit(1);
}
