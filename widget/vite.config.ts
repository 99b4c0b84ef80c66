import { readFileSync } from "node:fs";
import { defineConfig } from "vite";

const { name, version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as { name: string; version: string };

// One classic script, so that a school can embed it with one tag; the server reads the version from its first line.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../bot/server/static/widget",
    emptyOutDir: false,
    target: ["es2021", "safari15"],
    cssMinify: "lightningcss",
    reportCompressedSize: false,
    lib: { entry: "src/element.ts", formats: ["iife"], name: "RoutekaartChat", fileName: () => `${name}.js` },
    rolldownOptions: { output: { postBanner: `/*! ${name} ${version} | EUPL-1.2 */` } },
  },
});
