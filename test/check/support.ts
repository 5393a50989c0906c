import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { CheckReport, RuleResult } from "../../src/check/check.ts";
import { runInside } from "../cli/run-inside.ts";

/** A folder for a test file, with what it needs to ask policies. */
export class Bench {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-check-"));

  place(name: string): string {
    return path.join(this.folder, name);
  }

  /** A policy of these rules (YAML, items of a list), and what else stands in it. */
  policy(rules: string, more = "", name = "policy.yaml"): string {
    const file = this.place(name);
    fs.writeFileSync(file, `version: 1\nrules:\n${rules}\n${more}`);
    return file;
  }

  async analyze(output: string, ...args: string[]): Promise<string> {
    const file = this.place(output);
    const { status, stderr } = await runInside(["analyze", ...args, "-o", file]);
    if (status !== 0) throw new Error(stderr.toString());
    return file;
  }

  /** Runs `check` with rules. */
  async check(file: string, rules: string, ...args: string[]) {
    return this.run(file, "--policy", this.policy(rules), ...args);
  }

  async run(file: string, ...args: string[]) {
    const { status, stdout, stderr } = await runInside(["check", file, ...args]);
    return { status, stdout: stdout.toString(), stderr: stderr.toString() };
  }

  /** The same as JSON: its exit status, the report, and the first rule of the first snapshot. */
  async report(file: string, rules: string, ...args: string[]) {
    const { status, stdout, stderr } = await this.check(file, rules, ...args, "--format", "json");
    if (stdout === "") throw new Error(`exit ${status}: ${stderr}`);
    const report = JSON.parse(stdout) as CheckReport;
    return { status, report, result: report.snapshots[0]!.results[0] as RuleResult };
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
