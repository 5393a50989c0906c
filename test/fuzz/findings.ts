import fs from "node:fs";
import path from "node:path";
import { mutate } from "./mutations/index.ts";
import type { Outcome } from "./protocol.ts";
import { Random } from "./random.ts";
import type { Seeds } from "./seeds.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../fixtures/corrupt");

/** Stores the snapshot of a case that found something, under a name that tells what was done to which; returns its path. */
export function saveFinding(seeds: Seeds, seed: number, { id, outcome }: Outcome): string {
  const { bytes, seed: of, mutations } = mutate(seeds, new Random(seed, id));
  const name = `${outcome}-${mutations.join("+")}-${of}-${seed}-${id}`;
  const file = path.join(FOLDER, `${name.replace(/[^\w.+-]+/g, "_")}.rdb`);
  fs.mkdirSync(FOLDER, { recursive: true });
  fs.writeFileSync(file, bytes);
  return file;
}
