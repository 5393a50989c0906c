import fs from "node:fs";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");
const CORPUS = process.env.RDB_CORPUS ?? path.join(ROOT, "../shared/corpus");

/** Snapshots, by their path: the sample, and of other projects' those of RDB versions from `oldest` to `newest`. */
export function findSnapshots(oldest: number, newest: number): [string, string][] {
  const sample: [string, string] = ["sample.rdb", path.join(ROOT, "fixtures/sample.rdb")];
  if (!fs.existsSync(CORPUS)) return [sample];
  const found = fs
    .readdirSync(CORPUS, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".rdb"))
    .map((name): [string, string] => [name, path.join(CORPUS, name)])
    .filter(([, file]) => {
      const version = Number(/^REDIS(\d{4})/.exec(fs.readFileSync(file, "latin1").slice(0, 9))?.[1] ?? -1);
      return version >= oldest && version <= newest;
    });
  return [sample, ...found];
}
