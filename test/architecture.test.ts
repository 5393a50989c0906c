import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");

/** An import as it stands in a file; `target` is a path from the root, or the name of a package. */
interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

/**
 * Where each folder may import from: itself, and prefixes of paths. A row a folder of `src`; what is not listed is
 * not allowed.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bin: ["src/cli/", "dist/src/cli/"],
  parsers: [],
  workers: [
    "parsers/",
    "src/io/",
    "src/memory/",
    "src/patterns/",
    "src/names/",
    "src/inventory/",
    "src/compare/",
    "src/diff/",
    "src/dataset/",
    "src/errors.ts",
    "src/pipeline/filter.ts",
    "src/values/",
  ],
  "src/io": ["parsers/", "src/errors.ts"],
  "src/memory": ["parsers/", "src/errors.ts", "src/near-names.ts"],
  "src/patterns": ["parsers/"],
  // What these write is text of snapshots: what makes that safe stands in reports.
  "src/values": [
    "parsers/",
    "src/memory/",
    "src/inventory/utf8.ts",
    "src/reports/json.ts",
    "src/reports/text.ts",
  ],
  "src/report-data": [
    "src/inventory/",
    "src/io/version.ts",
    "src/memory/",
    "src/queries/",
    "src/diff/",
    "src/doctor/",
    "src/units.ts",
    "src/reports/text.ts",
  ],
  "src/report-page": ["src/report-data/"],
  // The page that a report is: in browsers, so nothing of Node.
  page: ["src/report-data/types.ts", "src/cli/serve/shapes.ts", "src/units.ts", "src/queries/words.ts"],
};

/** Every other folder of `src`, and the files in `src` itself, may import from anywhere in `src` and `parsers` but here. */
const NEVER_IN_SRC = ["src/cli/", "src/reports/"];

/** npm packages and the folders that may use them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  // There where somebody installed it: an optional peer.
  "@duckdb/node-api": ["src/duckdb"],
  "better-sqlite3": ["src/inventory"],
  commander: ["src/cli"],
  "cli-progress": ["src/cli"],
  fzstd: ["src/io"],
  piscina: ["src/pipeline"],
  yaml: ["src/yaml"],
  // Where outside data comes in: options, policies, catalogues.
  zod: [
    "src/cli",
    "src/doctor",
    "src/check",
    "src/plan",
    "src/yaml",
    "src/memory/profiles",
    "src/report-data",
    "src/dataset",
  ],
  "apache-arrow": ["src/dataset"],
  "parquet-wasm": ["src/dataset"],
  "d3-hierarchy": ["page"],
  "d3-scale": ["page"],
  "d3-shape": ["page"],
};

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.[jt]s$/.test(name))
    .map((name) => path.posix.join(folder, name.replaceAll("\\", "/")));
}

const STATEMENT = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^;"']*?\sfrom\s+)?["']([^"']+)["']/g;
const DYNAMIC = /\bimport\(\s*["']([^"']+)["']\s*\)|\brequire\(\s*["']([^"']+)["']\s*\)/g;

function importsOf(file: string): Import[] {
  const text = fs.readFileSync(path.join(ROOT, file), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const resolve = (name: string) =>
    name.startsWith(".") ? path.posix.join(path.posix.dirname(file), name) : name;
  return [
    ...[...text.matchAll(STATEMENT)].map((m) => ({
      file,
      target: resolve(m[2]!),
      typeOnly: m[1] !== undefined,
    })),
    ...[...text.matchAll(DYNAMIC)].map((m) => ({ file, target: resolve((m[1] ?? m[2])!), typeOnly: false })),
  ];
}

const imports = ["src", "parsers", "workers", "bin", "page"].flatMap(filesIn).flatMap(importsOf);
const isLocal = (target: string) => /^(src|parsers|workers|bin|page|dist|test|bench|fixtures)\//.test(target);
const isBuiltIn = (target: string) => target.startsWith("node:");

/** The package of a module of it. */
const packageOf = (target: string) => /^(?:@[^/]+\/)?[^/]+/.exec(target)![0];

/** `parsers`, `workers`, `bin`, `src/io`…; `src` for the files in it. */
function folderOf(file: string): string {
  const parts = file.split("/");
  return parts[0] === "src" && parts.length > 2 ? `src/${parts[1]}` : parts[0]!;
}

function isAllowed({ file, target, typeOnly }: Import): boolean {
  const folder = folderOf(file);
  if (folder !== "src" && target.startsWith(`${folder}/`)) return true;
  const allowed = MAY_IMPORT[folder];
  if (allowed !== undefined) return allowed.some((prefix) => target.startsWith(prefix));
  if (target === "workers/protocol.ts") return typeOnly;
  if (!/^(src|parsers)\//.test(target)) return false;
  return folder === "src/cli" || !NEVER_IN_SRC.some((prefix) => target.startsWith(prefix));
}

const told = (list: readonly Import[]) =>
  list.map(({ file, target, typeOnly }) => `${file} -> ${typeOnly ? "type " : ""}${target}`);

describe("imports", () => {
  it("are found at all", () => {
    expect(imports.length).toBeGreaterThan(200);
    const found = told(imports);
    expect(found).toContain("src/pipeline/read-snapshot.ts -> type workers/protocol.ts");
    expect(found).toContain("workers/finish.ts -> src/inventory/pages.ts");
    expect(found).toContain("bin/rdbscope.js -> dist/src/cli/main.js");
  });

  it("go in the direction of the house", () => {
    expect(told(imports.filter((one) => isLocal(one.target) && !isAllowed(one)))).toEqual([]);
  });

  it("name files that exist", () => {
    const lost = imports.filter(
      ({ target }) =>
        isLocal(target) && !target.startsWith("dist/") && !fs.existsSync(path.join(ROOT, target)),
    );
    expect(told(lost)).toEqual([]);
  });

  it("of packages are those that each folder may use", () => {
    const wrong = imports.filter(({ file, target }) => {
      if (isLocal(target) || isBuiltIn(target)) return false;
      const folders = PACKAGES[packageOf(target)] ?? [];
      return !folders.some((folder) => file.startsWith(`${folder}/`));
    });
    expect(told(wrong)).toEqual([]);
  });

  it("of parsers, memory, patterns and the page use nothing of Node", () => {
    const pure = /^(parsers|page|src\/memory|src\/patterns)\//;
    expect(told(imports.filter(({ file, target }) => pure.test(file) && isBuiltIn(target)))).toEqual([]);
  });

  it("cover the dependencies of package.json, no more and no less; all others are bundled", () => {
    const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
    const { dependencies, devDependencies, peerDependencies } = manifest as Record<
      string,
      Record<string, string>
    >;
    const used = imports
      .map(({ target }) => target)
      .filter((target) => !isLocal(target) && !isBuiltIn(target))
      .map(packageOf);
    expect(used).toEqual(expect.arrayContaining(Object.keys(dependencies!)));
    const bundled = used.filter((name) => !(name in dependencies!));
    expect(bundled.filter((name) => !(name in devDependencies!))).toEqual([]);
    const build = fs.readFileSync(path.join(ROOT, "scripts/build.mjs"), "utf8");
    const external = JSON.parse(/external: (\[.*\])/.exec(build)![1]!) as string[];
    expect(external.sort()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort());
  });
});

describe("the rules themselves", () => {
  const one = (file: string, target: string, typeOnly = false) => isAllowed({ file, target, typeOnly });

  it.each([
    ["parsers/a.ts", "src/errors.ts"],
    ["src/memory/a.ts", "src/patterns/index.ts"],
    ["src/patterns/a.ts", "src/memory/index.ts"],
    ["src/queries/a.ts", "src/reports/text.ts"],
    ["src/pipeline/a.ts", "src/cli/io.ts"],
    ["src/index.ts", "src/cli/io.ts"],
    ["src/reports/a.ts", "src/cli/io.ts"],
    ["src/pipeline/a.ts", "workers/protocol.ts"],
    ["src/pipeline/a.ts", "workers/read.ts"],
    ["workers/a.ts", "src/pipeline/analyze.ts"],
    ["src/io/a.ts", "src/inventory/pages.ts"],
    ["src/cli/a.ts", "test/support/bytes.ts"],
  ])("refuse %s -> %s", (file, target) => expect(one(file, target)).toBe(false));

  it("refuse what is no type of a worker's protocol", () => {
    expect(one("src/pipeline/a.ts", "workers/protocol.ts", true)).toBe(true);
    expect(one("src/pipeline/a.ts", "workers/read.ts", true)).toBe(false);
    expect(one("src/cli/a.ts", "src/reports/text.ts")).toBe(true);
  });
});
