import fs from "node:fs";
import path from "node:path";
import {
  type ExportedValues,
  type ExportValuesOptions,
  exportValues,
} from "../../src/pipeline/export-values.ts";

let files = 0;

/** A snapshot as a file of a folder. */
export function fileOf(folder: string, bytes: Uint8Array): string {
  const file = path.join(folder, `${++files}.rdb`);
  fs.writeFileSync(file, bytes);
  return file;
}

/** What an export of a snapshot writes. */
export async function exported(
  input: string,
  format: ExportValuesOptions["format"],
  more: Partial<ExportValuesOptions> = {},
): Promise<{ bytes: Buffer; result: ExportedValues }> {
  const pieces: Uint8Array[] = [];
  const take = async (piece: Uint8Array) => void pieces.push(piece);
  const result = await exportValues({ input, format, take, ...more });
  return { bytes: Buffer.concat(pieces), result };
}

/** Commands as their arguments, latin1: an independent reader of what servers read. */
export function readCommands(bytes: Buffer): string[][] {
  const text = bytes.toString("latin1");
  const commands: string[][] = [];
  let at = 0;
  const line = (mark: string): number => {
    if (text[at] !== mark) throw new Error(`${mark} is due at byte ${at}`);
    const end = text.indexOf("\r\n", at);
    const number = Number(text.slice(at + 1, end));
    at = end + 2;
    return number;
  };
  while (at < text.length) {
    const args = Array.from({ length: line("*") }, () => {
      const length = line("$");
      const arg = text.slice(at, at + length);
      if (text.slice(at + length, at + length + 2) !== "\r\n") throw new Error(`no line end at byte ${at}`);
      at += length + 2;
      return arg;
    });
    commands.push(args);
  }
  return commands;
}
