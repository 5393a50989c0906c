import { execFileSync } from "node:child_process";
import path from "node:path";

/** A program and what it is asked to do with one snapshot. */
export interface Case {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Where a case finds the snapshot, an inventory of it, and where it may write. */
export interface Files {
  readonly snapshot: string;
  readonly inventory: string;
  /** An inventory of as many keys, of which most have another value, and a quarter another name. */
  readonly other: string;
  readonly scratch: string;
}

const RDBSCOPE = path.resolve(import.meta.dirname, "../bin/rdbscope.js");

/** Our own commands, run with each number of workers. */
const BY_WORKERS: Readonly<Record<string, (files: Files) => readonly string[]>> = {
  analyze: ({ snapshot, scratch }) => ["analyze", snapshot, "-o", scratch, "--force", "--quiet"],
  "analyze --keys none": ({ snapshot, scratch }) => [
    ...["analyze", snapshot, "-o", scratch, "--force", "--quiet"],
    ...["--keys", "none"],
  ],
  "analyze --parquet": ({ snapshot, scratch }) => [
    ...["analyze", snapshot, "--parquet", `${scratch}.parquet`, "--force", "--quiet"],
  ],
  verify: ({ snapshot }) => ["verify", snapshot],
  "diff: the same": ({ inventory }) => ["diff", inventory, inventory],
  "diff: nearly all differ": ({ inventory, other }) => ["diff", inventory, other],
  "diff --by pattern": ({ inventory, other }) => ["diff", inventory, other, "--by", "pattern"],
};

/** Questions about an inventory. */
export const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  summary: ["summary"],
  patterns: ["patterns"],
  bigkeys: ["bigkeys"],
  "query: by pattern": ["query", "SELECT sum(bytes) FROM keys WHERE pattern = 'cart:{*}:items'"],
  "query: one key": ["query", "SELECT bytes FROM keys WHERE key = 'user:1000000:profile'"],
};

/** Other programs that read snapshots, measured where they are found on PATH. */
const OTHERS: readonly {
  readonly name: string;
  readonly command: string;
  /** What its `--help` says, where several programs have its name. */
  readonly says?: RegExp;
  readonly args: (files: Files) => readonly string[];
}[] = [
  { name: "redis-check-rdb", command: "redis-check-rdb", args: ({ snapshot }) => [snapshot] },
  {
    name: "librdb: rdb-cli print",
    command: "rdb-cli",
    args: ({ snapshot, scratch }) => [snapshot, "print", "-o", scratch],
  },
  {
    name: "HDT3213/rdb: memory",
    command: "rdb",
    says: /-c command|bigkey/,
    args: ({ snapshot, scratch }) => ["-c", "memory", "-o", scratch, snapshot],
  },
  {
    name: "redis-rdb-tools: memory",
    command: "rdb",
    says: /justkeyvals/,
    args: ({ snapshot, scratch }) => ["-c", "memory", "-f", scratch, snapshot],
  },
  {
    name: "redis-rdb-cli: mem",
    command: "rct",
    args: ({ snapshot, scratch }) => ["-f", "mem", "-s", snapshot, "-o", scratch],
  },
];

/** What ratios are of. */
export const REFERENCE = "redis-check-rdb";

/** Every case for one snapshot. */
export function casesOf(files: Files, workers: readonly number[]): Case[] {
  const own = (name: string, args: readonly string[]): Case => ({
    name,
    command: process.execPath,
    args: [RDBSCOPE, ...args],
  });
  return [
    ...OTHERS.filter(isThere).map(({ name, command, args }) => ({ name, command, args: args(files) })),
    ...Object.entries(BY_WORKERS).flatMap(([name, args]) =>
      workers.map((count) => own(`${name}, ${count} workers`, [...args(files), "--workers", String(count)])),
    ),
    ...Object.entries(QUESTIONS).map(([name, [command, ...more]]) =>
      own(name, [command!, files.inventory, ...more]),
    ),
  ];
}

function isThere({ command, says }: (typeof OTHERS)[number]): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${command}`], { stdio: "ignore" });
  } catch {
    return false;
  }
  return says === undefined || says.test(helpOf(command));
}

function helpOf(command: string): string {
  try {
    return execFileSync(command, ["--help"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return stdout + stderr;
  }
}
