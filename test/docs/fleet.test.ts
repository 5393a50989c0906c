import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { Job } from "kubernetes-models/batch/v1/Job";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EXIT } from "../../src/cli/exit-status.ts";
import { partSizes } from "../../src/dataset/part-sizes.ts";
import { type ColumnType, TABLE_NAMES, TABLES } from "../../src/dataset/tables.ts";
import { FLEET_VIEW_DOCS } from "../../src/inventory/documentation/fleet-views.ts";
import { FLEET_QUESTIONS } from "../../src/queries/named/fleet.ts";

const read = (name: string) => fs.readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const TEXT = read("fleet.md");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-fleet-docs-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Rows of the first table whose head has this cell: cells without white space at their ends. */
function tableWith(cell: string): string[][] {
  const lines = TEXT.split("\n");
  const cells = (line: string) =>
    line
      .split("|")
      .slice(1, -1)
      .map((text) => text.trim());
  const head = lines.findIndex((line) => line.startsWith("|") && cells(line).includes(cell));
  const rows = lines.slice(head + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map(cells);
}

describe("the questions of docs/fleet.md", () => {
  it("are those that have names, word for word", () => {
    const found = [...TEXT.matchAll(/^#### \d+\. `([\w-]+)`: (.*)\n\n```sql\n([\s\S]*?)\n```/gm)];
    expect(found.map(([, name, title, sql]) => [name, title, sql])).toEqual(
      Object.entries(FLEET_QUESTIONS).map(([name, { title, sql }]) => [name, title, sql]),
    );
  });

  it("have a limit, but for those that are named", () => {
    const [, names] = /their parameters: (.*) have none and give all rows, the others 20,/.exec(TEXT)!;
    const without = Object.entries(FLEET_QUESTIONS).filter(([, question]) => !("params" in question));
    expect([...names!.matchAll(/`([\w-]+)`/g)].map(([, name]) => name)).toEqual(
      without.map(([name]) => name),
    );
  });
});

describe("SQL for other engines", () => {
  type Parser = new () => { validate(sql: string): { message: string; startLine: number }[] };
  const parsers: Record<string, InstanceType<Parser>> = {};
  beforeAll(async () => {
    // The package is made for bundlers: Node finds no files in it.
    const outfile = path.join(folder, "parsers.mjs");
    const contents = 'export { SparkSQL, TrinoSQL } from "dt-sql-parser";';
    buildSync({
      stdin: { contents, resolveDir: import.meta.dirname },
      ...{ bundle: true, format: "esm", platform: "node", outfile, logLevel: "error" },
    });
    const { SparkSQL, TrinoSQL } = (await import(pathToFileURL(outfile).href)) as Record<string, Parser>;
    Object.assign(parsers, { spark: new SparkSQL!(), trino: new TrinoSQL!() });
  });
  const statements = (engine: string) => read(`fleet/${engine}.sql`).replace(/^--.*$/gm, "");

  it.each(["spark", "trino"])("is that of %s, by its grammar", (engine) => {
    const faults = (sql: string) => parsers[engine]!.validate(sql);
    expect(faults(statements(engine))).toEqual([]);
    for (const { sql } of Object.values(FLEET_QUESTIONS)) expect(faults(`${sql};`)).toEqual([]);
    expect(faults("SELECT sum(bytes FROM fleet_keys;")).not.toEqual([]);
  });

  it("may not name a table of Trino's rollup: the word is reserved", () => {
    expect(parsers.trino!.validate("SELECT sum(bytes) FROM rollup;")).not.toEqual([]);
  });

  const WORDS: Record<string, Record<ColumnType, string>> = {
    spark: {
      ...{ BINARY: "BINARY", STRING: "STRING", INT32: "INT", INT64: "BIGINT" },
      ...{ DOUBLE: "DOUBLE", BOOLEAN: "BOOLEAN", TIMESTAMP: "TIMESTAMP" },
    },
    trino: {
      ...{ BINARY: "varbinary", STRING: "varchar", INT32: "integer", INT64: "bigint" },
      ...{ DOUBLE: "double", BOOLEAN: "boolean", TIMESTAMP: "timestamp(3)" },
    },
  };

  it.each(Object.entries(WORDS))("has the columns of the dataset's files: %s", (engine, words) => {
    for (const table of TABLE_NAMES) {
      const body = new RegExp(`CREATE TABLE rdb_${table} \\(\\n([\\s\\S]*?)\\n\\)`).exec(
        read(`fleet/${engine}.sql`),
      )![1]!;
      const partition = ["cluster", "date", "node"].map((name) => `${name} ${words.STRING}`);
      expect(body.trim().split(/,\s+/)).toEqual([
        ...TABLES[table].map(({ name, type }) => `${name} ${words[type]}`),
        ...partition,
      ]);
    }
  });

  it.each(["spark", "trino", "clickhouse"])("has the columns of the views of inventories: %s", (engine) => {
    for (const [name, { columns }] of Object.entries(FLEET_VIEW_DOCS)) {
      const body = new RegExp(`CREATE VIEW ${name} AS SELECT\\n([\\s\\S]*?)\\nFROM`).exec(
        read(`fleet/${engine}.sql`),
      )![1]!;
      const names = columnsIn(body);
      expect(names).toEqual(Object.keys(columns));
    }
  });
});

describe("the arithmetic", () => {
  const inputs = new Map(tableWith("input").map(([name, ...values]) => [name!, values.map(Number)]));
  const input = (name: string) => [...inputs].find(([one]) => one.startsWith(name))![1];

  it("is right", () => {
    const rows = tableWith("core hours");
    const expected = [1, 6, 100].flatMap((terabytes) =>
      ["_small_", "_mixed_"].map((kind, k) => {
        const hours = (terabytes * 1e6) / input("MB of snapshot")[k]! / 3600;
        const cores = input("cores")[k]!;
        const machines = Math.ceil(hours / cores / input("hours")[k]!);
        const keys = (terabytes * 1e12) / input("bytes of snapshot")[k]!;
        const ofSnapshot = input("keys of a snapshot")[k]! * 1e6;
        return [
          ...[`${terabytes} TB`, kind, (keys / 1e9).toFixed(1), hours.toFixed(1), String(machines)],
          ...[(hours * input("USD")[k]!).toFixed(2), (terabytes * input("bytes of dataset")[k]!).toFixed(2)],
          Math.ceil((keys / ofSnapshot) * partSizes(ofSnapshot).length).toLocaleString("en"),
          (machines * cores * input("MB of snapshot")[k]!).toLocaleString("en"),
        ];
      }),
    );
    expect(rows).toEqual(expected);
  });
});

/** Names of the columns of a SELECT: what stands at the end of each, at commas outside of brackets and quotes. */
function columnsIn(select: string): string[] {
  const plain = select.replace(/'[^']*'/g, "''");
  let inner = plain;
  while (/\([^()]*\)/.test(inner)) inner = inner.replace(/\([^()]*\)/g, "");
  return inner.split(",").map((column) => /(\w+)\s*$/.exec(column)![1]!);
}

/** What is not to be tried again, and what may end a process besides. */
const FINAL = [EXIT.usage, EXIT.damaged, EXIT.bug];

describe("manifests", () => {
  it("tell exit statuses apart as the table does", () => {
    const rows = tableWith("status");
    expect(rows.filter(([status]) => Number(status) < 137).map(([status]) => Number(status))).toEqual(
      Object.values(EXIT),
    );
    const again = rows.filter(([, , answer]) => answer!.startsWith("yes")).map(([status]) => Number(status));
    expect(again).toEqual([EXIT.io, EXIT.interrupted, 137]);
  });

  it("are a Job of Kubernetes", () => {
    const manifest = parse(read("fleet/kubernetes.yaml"));
    expect(() => new Job(manifest).validate()).not.toThrow();
    expect(() =>
      new Job({ ...manifest, spec: { ...manifest.spec, completions: "50" } }).validate(),
    ).toThrow();
    expect(unknownMembers(manifest)).toEqual([]);
    const { spec } = manifest;
    expect(spec.podFailurePolicy.rules[1].onExitCodes.values).toEqual(FINAL);
    const pod = spec.template.spec;
    const [container] = pod.containers;
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001 });
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
    const mounted = container.volumeMounts.map(({ name }: { name: string }) => name).sort();
    expect(mounted).toEqual(pod.volumes.map(({ name }: { name: string }) => name).sort());
    expect(command(container.args[0], "JOB_COMPLETION_INDEX", "/list")).toEqual(ASKED);
  });

  it("are a job definition of AWS Batch, as its API's documentation has it", () => {
    const definition = JSON.parse(read("fleet/aws-batch.json"));
    const { containerProperties: container, retryStrategy } = definition;
    const known = ["jobDefinitionName", "type", "platformCapabilities", "parameters", "containerProperties"];
    expect(Object.keys(definition)).toEqual([...known, "retryStrategy", "timeout"]);
    expect(definition).toMatchObject({
      type: "container",
      timeout: { attemptDurationSeconds: expect.any(Number) },
    });
    const ofContainer = ["image", "command", "user", "readonlyRootFilesystem", "resourceRequirements"];
    expect(Object.keys(container)).toEqual([...ofContainer, "mountPoints", "volumes"]);
    expect(container).toMatchObject({ user: "10001", readonlyRootFilesystem: true });
    for (const { type, value } of container.resourceRequirements) {
      expect(["VCPU", "MEMORY"]).toContain(type);
      expect(value).toMatch(/^\d+$/);
    }
    const names = container.volumes.map(({ name }: { name: string }) => name);
    expect(container.mountPoints.map((one: { sourceVolume: string }) => one.sourceVolume)).toEqual(names);
    // At most five rules and ten attempts; a pattern has digits, and an asterisk at its end.
    expect(retryStrategy.attempts).toBeLessThanOrEqual(10);
    expect(retryStrategy.evaluateOnExit).toEqual([
      ...FINAL.map((status) => ({ onExitCode: String(status), action: "EXIT" })),
      { onReason: "*", action: "RETRY" },
    ]);
    expect(container.command.slice(0, 2)).toEqual(["/bin/sh", "-euc"]);
    expect(container.command[3]).toBe("Ref::cluster");
    expect(command(container.command[2], "AWS_BATCH_JOB_ARRAY_INDEX", "/snapshots")).toEqual(ASKED);
  });

  it("say what to change of the Job, by the names that stand in it", () => {
    const text = read("fleet/kubernetes.yaml");
    const named = tableWith("in `kubernetes.yaml`").flatMap(([cell]) => [...cell!.matchAll(/`([^`]+)`/g)]);
    expect(named.length).toBeGreaterThan(0);
    for (const [, name] of named) expect(text).toContain(name);
  });

  it("have a script for GNU parallel that bash can read, and that says what it wants", () => {
    const script = new URL("../../docs/fleet/parallel.sh", import.meta.url).pathname;
    execFileSync("bash", ["-n", script]);
    const { status, stderr } = spawnSync("bash", [script, "dataset"], { encoding: "utf8", cwd: folder });
    expect([status, stderr]).toEqual([2, "usage: parallel.sh DATASET CLUSTER SNAPSHOT…\n"]);
    expect(read("fleet/parallel.sh")).toContain(`0 | ${FINAL.join(" | ")}) break`);
  });
});

const ASKED = [
  ...["analyze", "/snapshots/shard-01.rdb", "--parquet", "/dataset", "--cluster", "shop"],
  ...["--resume", "--progress", "json", "--workers", "2"],
];

/** What a task's script would start, in the place of number 1. */
function command(script: string, index: string, list: string): string[] {
  const names = path.join(folder, "snapshots.txt");
  fs.writeFileSync(names, "shard-00.rdb\nshard-01.rdb\nshard-02.rdb\n");
  fs.writeFileSync(path.join(folder, "rdbscope"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env.PATH}`, [index]: "1", CLUSTER: "shop" };
  const text = script.replaceAll(`${list}/snapshots.txt`, names);
  return execFileSync("sh", ["-euc", text, "shop"], { env, encoding: "utf8" }).trimEnd().split("\n");
}

/** What is looked at of the Job. */
interface JobShape {
  readonly spec: {
    readonly podFailurePolicy: {
      readonly rules: readonly {
        readonly onExitCodes?: object;
        readonly onPodConditions?: readonly object[];
      }[];
    };
    readonly template: {
      readonly spec: {
        readonly securityContext: object;
        readonly volumes: readonly object[];
        readonly containers: readonly {
          readonly securityContext: object;
          readonly volumeMounts: readonly object[];
        }[];
      };
    };
  };
}

/** Members of objects that Kubernetes' API does not have: its schemas allow any. */
function unknownMembers({ spec }: JobShape): string[] {
  const known = (type: string) => {
    const file = path.resolve(import.meta.dirname, "../../node_modules/kubernetes-models", `${type}.d.ts`);
    return new Set([...fs.readFileSync(file, "utf8").matchAll(/^\s+"(\w+)"\??:/gm)].map(([, name]) => name));
  };
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const objects: [type: string, ...of: object[]][] = [
    ["batch/v1/JobSpec", spec],
    ["batch/v1/PodFailurePolicyRule", ...spec.podFailurePolicy.rules],
    ["batch/v1/PodFailurePolicyOnExitCodesRequirement", spec.podFailurePolicy.rules[1]!.onExitCodes!],
    ["batch/v1/PodFailurePolicyOnPodConditionsPattern", ...spec.podFailurePolicy.rules[0]!.onPodConditions!],
    ["v1/PodSpec", pod],
    ["v1/PodSecurityContext", pod.securityContext],
    ["v1/Container", container!],
    ["v1/SecurityContext", container!.securityContext],
    ["v1/VolumeMount", ...container!.volumeMounts],
    ["v1/Volume", ...pod.volumes],
  ];
  return objects.flatMap(([type, ...of]) =>
    of
      .flatMap((one) => Object.keys(one).filter((name) => !known(type).has(name)))
      .map((name) => `${type}.${name}`),
  );
}
