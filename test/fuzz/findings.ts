import fs from "node:fs";
import path from "node:path";
import type { Children } from "./children.ts";
import { mutate } from "./mutations/index.ts";
import type { Outcome } from "./protocol.ts";
import { Random } from "./random.ts";
import type { Seeds } from "./seeds.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../fixtures/corrupt");
/** Runs that making a finding smaller may take. */
const MAX_TRIES = 60;

/** A finding without its figures and places: two alike are one. */
export function kindOf(finding: string): string {
  return finding.split("\n").slice(0, 3).join("\n").replace(/\d+/g, "N");
}

/** Stores the snapshot of a case that found something, under a name that tells what was done to which; returns its path. */
export async function saveFinding(
  children: Children,
  seeds: Seeds,
  seed: number,
  outcome: Outcome,
): Promise<string> {
  const { bytes, seed: of, mutations } = mutate(seeds, new Random(seed, outcome.id));
  const name = `${outcome.outcome}-${mutations.join("+")}-${of}-${seed}-${outcome.id}`;
  const file = path.join(FOLDER, `${name.replace(/[^\w.+-]+/g, "_")}.rdb`);
  fs.mkdirSync(FOLDER, { recursive: true });
  fs.writeFileSync(file, bytes);
  if (outcome.outcome !== "timeout") fs.writeFileSync(file, await smaller(children, file, bytes, outcome));
  return file;
}

/** Leaves out pieces, large ones first, as long as the same is found. */
async function smaller(children: Children, file: string, bytes: Buffer, outcome: Outcome): Promise<Buffer> {
  const wanted = kindOf(outcome.finding!);
  let kept = bytes;
  let tries = MAX_TRIES;
  for (let piece = bytes.length >> 1; piece >= 8 && tries > 0; piece >>= 1) {
    for (let at = 0; at < kept.length && tries > 0; tries--) {
      const without = Buffer.concat([kept.subarray(0, at), kept.subarray(at + piece)]);
      fs.writeFileSync(file, without);
      const { finding } = await children.run({ id: outcome.id, file });
      if (finding !== undefined && kindOf(finding) === wanted) kept = without;
      else at += piece;
    }
  }
  return kept;
}
