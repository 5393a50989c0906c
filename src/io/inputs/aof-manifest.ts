import fs from "node:fs";
import path from "node:path";
import { IoError, reasonOf, UsageError } from "../../errors.ts";
import { snapshotsIn } from "./snapshots-in.ts";

/** A manifest is a few lines; a larger file is none. */
const MAX_BYTES = 2 ** 20;
const LINE = /^file\s+(?:"((?:[^"\\]|\\.)*)"|(\S+))\s+seq\s+\d+\s+type\s+([bih])(?:\s|$)/;

/** The base file of a multi-part AOF, and what of the AOF is not read. */
export interface AofParts {
  readonly base: string;
  readonly unread: readonly { readonly name: string; readonly bytes: number }[];
}

/** Whether a folder is a dataset of Parquet files that is written already: its first folders are called as `dataset/partition.ts` has it. */
function isDataset(folder: string): boolean {
  try {
    return fs.readdirSync(path.join(folder, "keys")).some((name) => name.startsWith("cluster="));
  } catch {
    return false; // What may not be looked into is whatever else is found of it.
  }
}

/** The manifest of an AOF directory. @throws {UsageError} when there is not exactly one */
export function findManifest(folder: string): string {
  const names = read(folder, () => fs.readdirSync(folder)).filter((name) => name.endsWith(".manifest"));
  if (names.length === 1) return path.join(folder, names[0]!);
  if (names.length === 0 && isDataset(folder))
    throw new UsageError(
      `${folder} is a dataset: rdbscope query ${folder} --list shows what it can be asked`,
    );
  const others = snapshotsIn(folder);
  const found =
    names.length === 0
      ? `no AOF manifest in it: give a snapshot${others === undefined ? "" : `, or ${others}`}`
      : `${names.length} AOF manifests in it: give one of them`;
  throw new UsageError(`${folder} is a directory with ${found}`);
}

/**
 * Reads a manifest. Mirrors aofLoadManifestFromFile(), aof.c, Redis 7.2.
 * @throws {UsageError} when it is none, or names no base file
 */
export function readManifest(file: string): AofParts {
  const size = read(file, () => fs.statSync(file).size);
  if (size > MAX_BYTES) throw new UsageError(`${file} is no AOF manifest: it has ${size} bytes`);
  const folder = path.dirname(file);
  const parts = read(file, () => fs.readFileSync(file, "utf8"))
    .split("\n")
    .flatMap((line, i) => partOf(line, `${file}, line ${i + 1}`));
  const base = parts.find(({ type }) => type === "b");
  if (base === undefined) {
    throw new UsageError(`${file} names no base file: this AOF has commands alone, and no snapshot to read`);
  }
  const bytesOf = (name: string) =>
    fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return {
    base: path.join(folder, base.name),
    unread: parts.filter(({ type }) => type === "i").map(({ name }) => ({ name, bytes: bytesOf(name) })),
  };
}

function partOf(line: string, place: string): { name: string; type: string }[] {
  if (line.trim() === "" || line.startsWith("#")) return [];
  const [, quoted, bare, type] = LINE.exec(line) ?? [];
  const name = quoted?.replace(/\\(.)/g, "$1") ?? bare;
  if (name === undefined || type === undefined)
    throw new UsageError(`${place}: not a line of an AOF manifest`);
  if (path.basename(name) !== name || name === "..") {
    throw new UsageError(`${place}: ${JSON.stringify(name)} is not in the manifest's own directory`);
  }
  return [{ name, type }];
}

function read<T>(name: string, from: () => T): T {
  try {
    return from();
  } catch (cause) {
    throw new IoError(`cannot read ${name}: ${reasonOf(cause)}`, { cause });
  }
}
