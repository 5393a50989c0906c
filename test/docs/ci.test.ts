import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = path.join(ROOT, "bin/rdbscope.js");
const text = fs.readFileSync(path.join(ROOT, "docs/ci.md"), "utf8");

/** The YAML of docs/ci.md by the file that its first line names. */
const FILES = new Map(
  [...text.matchAll(/^```yaml\n# (\S+)\n([\s\S]*?)^```/gm)].map(([, name, yaml]) => [name!, yaml!]),
);

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
}
interface Workflow {
  readonly on: { readonly schedule: { cron: string }[] };
  readonly jobs: Readonly<Record<string, { readonly "runs-on": string; readonly steps: readonly Step[] }>>;
}
interface GitLabJob {
  readonly image: string;
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly artifacts: { readonly paths: readonly string[]; readonly reports: { readonly junit: string } };
}

const github = parse(FILES.get(".github/workflows/redis-snapshot.yml") ?? "") as Workflow;
const gitlab = (parse(FILES.get(".gitlab-ci.yml") ?? "") as Record<string, GitLabJob>)["redis-snapshot"]!;
const steps = github.jobs.snapshot!.steps;

const root = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-ci-"));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
const bin = path.join(root, "bin");

beforeAll(() => {
  fs.mkdirSync(bin);
  // As npm install --global would make it.
  fs.writeFileSync(path.join(bin, "rdbscope"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, {
    mode: 0o755,
  });
});

/** The snapshot of a day: so many sessions, all of which expire. */
function snapshotOf(day: number, sessions: number): Buffer {
  const created = Date.UTC(2026, 0, 1 + day, 3, 17);
  const writer = new RdbWriter()
    .aux("redis-ver", "7.2.6")
    .aux("ctime", String(created / 1000))
    .selectDb(0);
  for (let i = 0; i < 500; i++) writer.key(`user:${1000 + i}`, stringValue("u".repeat(40)));
  for (let i = 0; i < sessions; i++)
    writer.key(`session:${100_000 + i}`, stringValue("s".repeat(200)), { expiresAtMs: created + 3_600_000 });
  return writer.end();
}

/** A folder with nothing in it but what the repository of the recipe has. */
function workspace(): string {
  const folder = fs.mkdtempSync(path.join(root, "workspace-"));
  fs.writeFileSync(path.join(folder, "rdbscope-policy.yaml"), FILES.get("rdbscope-policy.yaml")!);
  return folder;
}

function bash(folder: string, options: string, script: string) {
  const summary = path.join(folder, "summary.md");
  const { status, stdout, stderr } = spawnSync("bash", ["-c", `set ${options}\n${script}`], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, GITHUB_STEP_SUMMARY: summary },
  });
  return { status, stdout, stderr };
}

/** Whether a step runs: the two conditions that the recipe has, and that of steps without any. */
function isDue(condition: string, folder: string, failed: boolean): boolean {
  const [, file] = /hashFiles\('([^']+)'\) != ''/.exec(condition) ?? [];
  if (file !== undefined && !fs.existsSync(path.join(folder, file))) return false;
  return !failed || condition.includes("!cancelled()");
}

/** Lets the steps of the workflow run that need neither network nor a runner, as a runner does: each in a shell of its own. */
function runGithub(folder: string, snapshot: Buffer) {
  fs.rmSync(path.join(folder, "today.sqlite"), { force: true });
  fs.rmSync(path.join(folder, "summary.md"), { force: true });
  fs.writeFileSync(path.join(folder, "dump.rdb"), snapshot);
  let failed = false;
  const ran: { name: string; status: number | null; stdout: string; stderr: string }[] = [];
  for (const { name = "", run, if: condition = "" } of steps) {
    if (run === undefined || !run.includes("rdbscope ") || !isDue(condition, folder, failed)) continue;
    const done = { name, ...bash(folder, "-e", run) };
    failed ||= done.status !== 0;
    ran.push(done);
  }
  return ran;
}

/** Each starts the command a dozen times. */
const LONG_MS = 240_000;

describe("docs/ci.md", { timeout: LONG_MS }, () => {
  it("has a policy and both recipes, as YAML with what their CI wants", () => {
    expect([...FILES.keys()]).toEqual([
      "rdbscope-policy.yaml",
      ".github/workflows/redis-snapshot.yml",
      ".gitlab-ci.yml",
    ]);
    expect(github.on.schedule[0]!.cron.split(" ")).toHaveLength(5);
    for (const step of steps)
      expect([step.uses, step.run].filter((one) => one !== undefined)).toHaveLength(1);
    expect(gitlab.image).toMatch(/^node:/);
    expect(gitlab.script.every((line) => typeof line === "string")).toBe(true);
  });

  it("GitHub: the first run passes, a second that grows too much fails, and its summary is there all the same", () => {
    const folder = workspace();
    const first = runGithub(folder, snapshotOf(0, 1000));
    expect(first.map(({ name, status, stderr }) => [name, status, stderr])).toEqual([
      ["Analyze", 0, ""],
      ["Check the policy", 0, expect.any(String)],
      ["Tell what changed and how it grows", 0, expect.any(String)],
    ]);
    const history = fs.readdirSync(path.join(folder, "history"));
    expect(history.filter((name) => name.endsWith(".sqlite"))).toHaveLength(1);
    const baseline = fs.readFileSync(path.join(folder, "history/baseline.json"), "utf8");

    bash(folder, "-e", "sleep 1.1"); // The history's names are of the second.
    const second = runGithub(folder, snapshotOf(1, 3000));
    expect(second.map(({ status }) => status)).toEqual([0, 1, 0]);
    expect(second[1]!.stdout).toMatch(/^::error .*growth/m);
    expect(fs.readFileSync(path.join(folder, "history/baseline.json"), "utf8")).toBe(baseline);
    const summary = fs.readFileSync(path.join(folder, "summary.md"), "utf8");
    expect(summary).toContain("2 points in 24.0 hours");
    expect(summary).toMatch(/session:\*.*2,000|2,000.*session:\*/);
    expect(fs.readFileSync(path.join(folder, "check.xml"), "utf8")).toMatch(/<failure/);
    const sarif = JSON.parse(fs.readFileSync(path.join(folder, "check.sarif"), "utf8"));
    expect([sarif.version, sarif.runs[0].results.length > 0]).toEqual(["2.1.0", true]);
  });

  it("GitLab: the same, as one script that checks first and ends with what that said", () => {
    const folder = workspace();
    const run = (snapshot: Buffer) => {
      fs.rmSync(path.join(folder, "today.sqlite"), { force: true });
      fs.writeFileSync(path.join(folder, "dump.rdb"), snapshot);
      return bash(folder, "-eo pipefail", gitlab.script.join("\n"));
    };
    expect(run(snapshotOf(0, 1000)).status).toBe(0);
    bash(folder, "-e", "sleep 1.1");
    const second = run(snapshotOf(1, 3000));
    expect([second.status, second.stdout]).toEqual([1, expect.stringContaining("growth")]);
    for (const file of [...gitlab.artifacts.paths, gitlab.artifacts.reports.junit])
      expect(fs.statSync(path.join(folder, file)).size, file).toBeGreaterThan(100);
    expect(fs.readFileSync(path.join(folder, "trend.md"), "utf8")).toContain("2 points in 24.0 hours");
  });

  it("a damaged snapshot ends the job before anything is kept of it", () => {
    const folder = workspace();
    const [analyzed, ...others] = runGithub(folder, snapshotOf(0, 10).subarray(0, 3000));
    expect(analyzed!.status).toBe(3);
    expect(others.some(({ name }) => name === "Check the policy")).toBe(false);
    expect(fs.readdirSync(path.join(folder, "history"))).toEqual([]);
  });
});
