import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");
let folder: string;
let files: string[];

/** What `npm pack` puts into the tarball. `.ci/run` builds it, installs it in an empty folder and runs it. */
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-pack-"));
  const args = ["pack", "--json", "--ignore-scripts", "--silent", "--pack-destination", folder];
  const out = execFileSync("npm", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const packed = JSON.parse(out) as { files: { path: string }[] }[];
  files = packed[0]!.files.map((file) => file.path);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("the package", () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
  // Without a build there is nothing in dist to pack.
  const built = fs.existsSync(path.join(ROOT, "dist", "src", "cli", "main.js"));

  it("is a tarball with its executable, manifest, README, licence and sample", () => {
    expect(fs.readdirSync(folder)).toEqual([`rdbscope-${manifest.version}.tgz`]);
    expect(files).toEqual(
      expect.arrayContaining([
        "bin/rdbscope.js",
        "package.json",
        "README.md",
        "LICENSE",
        "fixtures/sample.rdb",
      ]),
    );
  });

  it.runIf(built)("has what its manifest points to, and the workers", () => {
    const { types, default: main } = manifest.exports["."];
    const wanted = [main, types, manifest.bin.rdbscope].map((name: string) => name.replace(/^\.\//, ""));
    expect(files).toEqual(expect.arrayContaining(wanted));
    expect(files).toEqual(
      expect.arrayContaining(["split", "read", "finish"].map((name) => `dist/workers/${name}.js`)),
    );
  });

  it("has no sources, tests or tools", () => {
    const known =
      /^(bin|dist|docs)\/|^fixtures\/sample\.rdb$|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
    expect(files.filter((name) => !known.test(name))).toEqual([]);
    expect(files.filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))).toEqual([]);
    expect(files.filter((name) => /(^|\/)(test|bench|node_modules)\//.test(name))).toEqual([]);
  });
});
