import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { isSystemError } from "../errors.ts";
import { NameHash } from "../inventory/name-hash.ts";
import { VERSION } from "../io/version.ts";
import { completeManifest, type Manifest } from "./manifest.ts";
import { folderOf, type Partition } from "./partition.ts";
import { DATASET_VERSION } from "./tables.ts";

/** What a partition was made of: another run of the same makes the same files. */
export interface RunOrigin {
  /** Null: the input can be read once, or is not one file. */
  readonly inputFingerprint: string | null;
  readonly request: string;
}

/** A hash of what an analysis is asked for: keyed where names are hashed, as it may hold names. */
export function requestOf(asked: object, secret: Uint8Array | undefined): string {
  const text = JSON.stringify({ version: VERSION, dataset: DATASET_VERSION, ...asked });
  if (secret !== undefined) return new NameHash(secret).text(Buffer.from(text));
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** The complete partition of a node that was made of a file, whatever its date where `date` does not say; undefined: there is none. */
export function madeOf(
  root: string,
  { cluster, node, date }: Omit<Partition, "date"> & { readonly date?: string | undefined },
  file: string,
): Manifest | undefined {
  for (const day of date === undefined ? datesOf(root, cluster) : [date]) {
    const manifest = completeManifest(root, folderOf("keys", { cluster, date: day, node }));
    if (manifest?.input_fingerprint === file) return manifest;
  }
  return undefined;
}

function datesOf(root: string, cluster: string): string[] {
  try {
    const names = fs.readdirSync(path.join(root, "keys", `cluster=${cluster}`));
    return names.filter((name) => name.startsWith("date=")).map((name) => name.slice("date=".length));
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}
