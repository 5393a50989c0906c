import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { newFolder } from "../fleet/support.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const folder = newFolder();
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Runs a line as somebody would whose PATH has the command. */
function run(line: string): string {
  const env = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` };
  return execFileSync("sh", ["-euc", line], {
    cwd: folder,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

fs.mkdirSync(path.join(folder, "bin"));
const bin = path.join(folder, "bin", "rdbscope");
fs.writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/bin/rdbscope.js" "$@"\n`, {
  mode: 0o755,
});
for (const name of ["bench", "node_modules", "package.json", "parsers", "src"])
  fs.symlinkSync(path.join(ROOT, name), path.join(folder, name));

it("the commands of docs/fleet.md run as they are written", { timeout: 120_000 }, () => {
  const text = fs.readFileSync(path.join(ROOT, "docs/fleet.md"), "utf8");
  const lines = /## Try it[\s\S]*?```sh\n([\s\S]*?)```/.exec(text)![1]!.trimEnd().split("\n");
  const told = new Map(lines.map((line) => [line, run(line)]));
  const printed = (start: string) =>
    [...told].filter(([line]) => line.startsWith(start)).map(([, out]) => out);
  const [dataset] = printed("rdbscope query dataset node-memory");
  expect(dataset!.split("\n")).toHaveLength(4 + 2);
  expect(printed("rdbscope query cluster.sqlite node-memory")).toEqual([dataset]);
  const [growth] = printed("rdbscope query dataset cluster-growth");
  expect(growth).toMatch(/^pattern,grown_bytes,grown_keys\r\n/);
});

const hasParallel = (process.env.PATH ?? "")
  .split(":")
  .some((one) => fs.existsSync(path.join(one, "parallel")));

it.runIf(hasParallel)("the script for GNU parallel goes on where it was", { timeout: 120_000 }, () => {
  const script = path.join(ROOT, "docs/fleet/parallel.sh");
  run("node --import tsx bench/generate.ts fleet few --nodes 3 --keys 100");
  fs.writeFileSync(
    path.join(folder, "cut.rdb"),
    fs.readFileSync(path.join(folder, "few/2026-11-01/shard-00.rdb")).subarray(0, 5000),
  );
  let failed: { status?: number; stderr?: string } = {};
  try {
    run(`${script} spread shop few/2026-11-01/*.rdb cut.rdb`);
  } catch (error) {
    failed = error as typeof failed;
  }
  expect(failed.status).toBe(1);
  expect(failed.stderr).toMatch(/^cut\.rdb: exit status 3, see /m);
  const written = path.join(folder, "spread/keys/cluster=shop/date=2026-11-01");
  expect(fs.readdirSync(written).sort()).toEqual(["node=shard-00", "node=shard-01", "node=shard-02"]);
  const manifest = path.join(written, "node=shard-01/_manifest.json");
  const before = fs.statSync(manifest).mtimeMs;
  run(`${script} spread shop few/2026-11-01/*.rdb`);
  expect(fs.statSync(manifest).mtimeMs).toBe(before);
});
