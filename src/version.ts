import { readFileSync } from "node:fs";

/** This package's version; the file is two folders up from `dist/src`, one from `src`. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const up = import.meta.url.endsWith(".ts") ? "../package.json" : "../../package.json";
  const { version } = JSON.parse(readFileSync(new URL(up, import.meta.url), "utf8")) as { version: string };
  return version;
}
