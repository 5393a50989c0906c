import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { arbitrarySnapshot, sampleSnapshots } from "../support/arbitrary-snapshot.ts";
import { type Places, placesOf } from "./places.ts";
import type { Random } from "./random.ts";
import { unpacked } from "./unpack.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const CORPUS = path.resolve(ROOT, "../shared/corpus");
const GENERATED = 150;
/** Larger ones are drawn seldom. */
const LARGE_BYTES = 32_768;
const LARGE_SHARE = 0.04;

/** A snapshot to mutate; what is in it is looked for when it is drawn first. */
class Seed {
  readonly name: string;
  readonly bytes: Buffer;
  private found: Places | undefined;

  constructor(name: string, bytes: Buffer) {
    this.name = name;
    this.bytes = bytes;
  }

  get places(): Places {
    this.found ??= placesOf(this.bytes);
    return this.found;
  }
}

/** The snapshots that are mutated, in an order that depends on nothing but them. */
export class Seeds {
  private readonly small: Seed[] = [];
  private readonly large: Seed[] = [];

  /** Reads what `storeSeeds` left in a folder. */
  constructor(folder: string) {
    const names = JSON.parse(fs.readFileSync(path.join(folder, LIST), "utf8")) as string[];
    names.forEach((name, i) => {
      const bytes = fs.readFileSync(path.join(folder, String(i)));
      (bytes.length > LARGE_BYTES ? this.large : this.small).push(new Seed(name, bytes));
    });
  }

  pick(random: Random): Seed {
    return random.pick(random.chance(LARGE_SHARE) ? this.large : this.small);
  }
}

const LIST = "names.json";

/** Collects all seeds in a folder, once for all processes: what there is on disk, and what the writer of tests makes. */
export function storeSeeds(folder: string): void {
  const found: [string, Buffer][] = [
    ...[...filesBelow(CORPUS), ...filesBelow(path.join(ROOT, "fixtures"))].map((file): [string, Buffer] => [
      path.basename(file, ".rdb"),
      fs.readFileSync(file),
    ]),
    ...sampleSnapshots().map(({ magic, version, bytes }): [string, Buffer] => [`${magic}${version}`, bytes]),
    ...fc
      .sample(arbitrarySnapshot(), { numRuns: GENERATED, seed: 1 })
      .map(({ bytes }, i): [string, Buffer] => [`generated-${i}`, bytes]),
  ];
  const all = found.flatMap(([name, bytes]): [string, Buffer][] => {
    const expanded = unpacked(bytes);
    return expanded === undefined
      ? [[name, bytes]]
      : [
          [name, bytes],
          [`${name}-unpacked`, expanded],
        ];
  });
  fs.mkdirSync(folder, { recursive: true });
  for (const [i, [, bytes]] of all.entries()) fs.writeFileSync(path.join(folder, String(i)), bytes);
  fs.writeFileSync(path.join(folder, LIST), JSON.stringify(all.map(([name]) => name)));
}

function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".rdb") && !name.includes("corrupt"))
    .sort()
    .map((name) => path.join(folder, name));
}
