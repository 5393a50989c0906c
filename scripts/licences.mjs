import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** Packages that a build took files of, by esbuild's metafile: name, version and the text of each one's licence and notices. */
export function licencesOf({ inputs }) {
  const folders = new Set(Object.keys(inputs).flatMap((file) => PACKAGE.exec(file) ?? []));
  return [...folders].sort().map((found) => {
    const folder = path.join(ROOT, found);
    const { name, version } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
    const file = fs.readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined) throw new Error(`${name} comes without a licence`);
    // What the Apache licence wants to go with it.
    const notices = fs.readdirSync(folder).filter((one) => /^notice/i.test(one));
    const texts = [file, ...notices].map((one) => fs.readFileSync(path.join(folder, one), "utf8").trim());
    return { name, version, text: texts.join("\n\n") };
  });
}
