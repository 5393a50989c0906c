import { readFileSync } from "node:fs";

/** This package's version. From sources the package is two folders up, from `dist` three: bundled, this file is as deep. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const up = import.meta.url.endsWith(".ts") ? "../../package.json" : "../../../package.json";
  const { version } = JSON.parse(readFileSync(new URL(up, import.meta.url), "utf8")) as { version: string };
  return version;
}
