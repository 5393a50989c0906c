/** Compiles parsers/crc64.wat into a module that can be imported: `npm run wat`, when it was changed. */
import fs from "node:fs";
import wabt from "wabt";

const WAT = new URL("../parsers/crc64.wat", import.meta.url);
const CODE = new URL("../parsers/crc64-code.ts", import.meta.url);

/** The text of crc64-code.ts. */
export async function compiled(): Promise<string> {
  const module = (await wabt()).parseWat("crc64.wat", fs.readFileSync(WAT));
  const base64 = Buffer.from(module.toBinary({}).buffer).toString("base64");
  const lines = (base64.match(/.{1,100}/g) ?? []).map((line) => `  "${line}",`);
  return [
    "/** WebAssembly of crc64.wat, made by `npm run wat`: base64. */",
    "export const CODE = [",
    ...lines,
    '].join("");',
    "",
  ].join("\n");
}

if (process.argv[1] === import.meta.filename) fs.writeFileSync(CODE, await compiled());
