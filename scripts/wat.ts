/** Compiles the WebAssembly of the sources into modules that can be imported: `npm run wat`, when it was changed. */
import fs from "node:fs";
import wabt from "wabt";

/** Each `NAME.wat` becomes `NAME-code.ts` beside it. */
export const MODULES = [
  "parsers/crc64",
  "src/names/names",
  "src/inventory/rows",
  "src/inventory/columns",
] as const;

const ROOT = new URL("../", import.meta.url);

/** The text of the `-code.ts` of a module. */
export async function compiled(name: string): Promise<string> {
  const file = `${name.split("/").at(-1)}.wat`;
  const module = (await wabt()).parseWat(file, fs.readFileSync(new URL(`${name}.wat`, ROOT)));
  const base64 = Buffer.from(module.toBinary({}).buffer).toString("base64");
  const lines = (base64.match(/.{1,100}/g) ?? []).map((line) => `  "${line}",`);
  return [
    `/** WebAssembly of ${file}, made by \`npm run wat\`: base64. */`,
    "export const CODE = [",
    ...lines,
    '].join("");',
    "",
  ].join("\n");
}

/** What stands in the `-code.ts` of a module. */
export function stored(name: string): string {
  return fs.readFileSync(codeFile(name), "utf8");
}

function codeFile(name: string): URL {
  return new URL(`${name}-code.ts`, ROOT);
}

if (process.argv[1] === import.meta.filename)
  for (const name of MODULES) fs.writeFileSync(codeFile(name), await compiled(name));
