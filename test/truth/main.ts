/**
 * The memory model against what real servers answered, key by key, for every folder of a truth.
 * `npm run truth -- [--only PART] [FOLDER…]`; default folders: ../shared/truth, truth-cross and truth-config.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Bill } from "../../src/memory/bill.ts";
import { parseSettings } from "../../src/memory/config.ts";
import { PROFILES, type Profile } from "../../src/memory/profiles/index.ts";
import { makeTarget, type Target } from "../../src/memory/target.ts";
import { readTruthFolder, type Truth, type TruthFolder, tagOf, truthFolders } from "./folder.ts";
import { type SizedKey, sizeSnapshot } from "./walk.ts";

const DEFAULT_FOLDERS = ["../shared/truth", "../shared/truth-cross", "../shared/truth-config"];

interface Group {
  keys: number;
  exact: number;
  inBand: number;
  ours: number;
  theirs: number;
  wrongEncoding: number;
  /** Largest error among the keys outside the band, or of all where the state is not random. */
  worst: number;
  worstKey: string;
}

function targetOf(folder: TruthFolder): Target | undefined {
  const name = folder.server.replace(/^debian-/, "");
  const profile = (PROFILES as Record<string, Profile>)[name];
  if (profile === undefined) return undefined;
  const allocator = folder.server.startsWith("debian-") ? "jemalloc-16" : profile.allocator;
  return makeTarget(profile, {
    allocator,
    config: parseSettings(folder.config, "ignore"),
    loadedAt: folder.loadedAt,
  });
}

function measure(groups: Map<string, Group>, key: SizedKey, truth: Truth): void {
  const kind = `${truth.type}/${truth.encoding}`;
  const group = groups.get(kind) ?? {
    keys: 0,
    exact: 0,
    inBand: 0,
    ours: 0,
    theirs: 0,
    wrongEncoding: 0,
    worst: -1,
    worstKey: "",
  };
  groups.set(kind, group);
  group.keys++;
  group.ours += key.bytes;
  group.theirs += truth.bytes;
  if (key.encoding !== truth.encoding) group.wrongEncoding++;
  if (key.bytes >= truth.min && key.bytes <= truth.max) group.exact++;
  if (truth.bytes >= key.min && truth.bytes <= key.max) group.inBand++;
  const error = Math.abs(key.bytes - truth.bytes);
  if (error > group.worst) {
    group.worst = error;
    group.worstKey =
      error === 0
        ? ""
        : `${key.db}:${JSON.stringify(key.key.subarray(0, 40).toString("latin1"))} ${key.encoding} ${key.bytes}, not ${truth.bytes}`;
  }
}

const percent = (part: number, whole: number, digits = 2) =>
  whole === 0 ? "-" : `${((100 * part) / whole).toFixed(digits)}%`;

function checkFolder(path: string): void {
  const folder = readTruthFolder(path);
  const target = targetOf(folder);
  if (target === undefined) {
    console.log(`\n${path}: no profile for ${folder.server}`);
    return;
  }
  const groups = new Map<string, Group>();
  const databases = new Map<number, { keys: number; expires: number }>();
  let heap = 0;
  const facts = sizeSnapshot(readFileSync(folder.snapshot), target, (key) => {
    const truth = folder.truths.get(tagOf(key.db, key.key));
    if (truth === undefined) return;
    heap += key.heapBytes;
    const counts = databases.get(key.db) ?? { keys: 0, expires: 0 };
    counts.keys++;
    if (key.hasExpiry) counts.expires++;
    databases.set(key.db, counts);
    measure(groups, key, truth);
  });
  const tables = new Bill();
  for (const counts of databases.values()) target.profile.tables(target, counts, tables);
  void facts;
  const predicted = heap + tables.heapBytes + target.profile.baselineBytes - folder.startupMemory;
  const used = folder.usedMemory - folder.startupMemory;
  console.log(
    `\n${path} as ${target.profile.name}\n${"type/encoding".padEnd(20)}${"keys".padStart(7)}${"exact".padStart(9)}${"in band".padStart(9)}${"total".padStart(9)}${"enc.".padStart(6)}  worst`,
  );
  let ours = 0;
  let theirs = 0;
  for (const [kind, group] of [...groups].sort()) {
    ours += group.ours;
    theirs += group.theirs;
    console.log(
      `${kind.padEnd(20)}${String(group.keys).padStart(7)}${percent(group.exact, group.keys).padStart(9)}${percent(group.inBand, group.keys).padStart(9)}${percent(group.ours - group.theirs, group.theirs).padStart(9)}${String(group.wrongEncoding || "").padStart(6)}  ${group.worstKey}`,
    );
  }
  console.log(
    `total ${percent(ours - theirs, theirs, 3)}; used_memory minus startup: ${predicted}, not ${used}: ${percent(predicted - used, used, 3)}`,
  );
}

const { values, positionals } = parseArgs({
  options: { only: { type: "string", default: "" } },
  allowPositionals: true,
});
for (const root of positionals.length === 0 ? DEFAULT_FOLDERS : positionals) {
  for (const folder of truthFolders(root)) if (folder.includes(values.only)) checkFolder(folder);
}
