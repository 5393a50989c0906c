import fs from "node:fs";
import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { SAMPLE } from "../cli/run-cli.ts";
import { runInside } from "../cli/run-inside.ts";
import { readExposition } from "../support/exposition.ts";

const textOf = (name: string) =>
  fs.readFileSync(new URL(`../../docs/prometheus/${name}`, import.meta.url), "utf8");

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly datasource: { readonly uid: string };
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>;
  readonly targets: readonly Target[];
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { name: string; type: string; definition?: string }[] };
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const dashboard = JSON.parse(textOf("grafana-dashboard.json")) as Dashboard;
const { groups } = parse(textOf("rdbscope.rules.yml")) as { groups: { name: string; rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

/** What an expression asks for: its metrics, with the labels that are matched or grouped by. */
function readExpression(expr: string) {
  const errors: string[] = [];
  const metrics: string[] = [];
  const labels: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, name, from, to, node }) => {
      const text = expr.slice(from, to);
      if (type.isError) errors.push(`${from}: ${text}`);
      if (name === "Identifier" && node.parent?.name === "VectorSelector") metrics.push(text);
      if (name === "LabelName") labels.push(text);
    },
  });
  return { errors, metrics, labels };
}

const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
];

async function exported() {
  const args = ["export", SAMPLE, "--prometheus", "--maxmemory", "4gb", "--quiet"];
  const { samples } = readExposition((await runInside(args)).stdout.toString());
  const labels = new Map<string, Set<string>>();
  for (const { name, labels: own } of samples) {
    const known = labels.get(name) ?? new Set(["instance", "server"]);
    labels.set(name, known);
    for (const label of Object.keys(own)) known.add(label);
  }
  return { labels, samples };
}

describe("expressions of alerts and panels", () => {
  it("there are some, and the parser finds what is wrong", () => {
    expect(expressions.length).toBeGreaterThan(25);
    expect(readExpression("sum(rate(x[5m])").errors).not.toEqual([]);
    expect(readExpression('sum by (a) (x{b="c"})')).toEqual({
      errors: [],
      metrics: ["x"],
      labels: ["a", "b"],
    });
  });

  it.each(expressions)("%s: %s", (_, expr) => {
    const { errors, metrics } = readExpression(expr);
    expect(errors).toEqual([]);
    expect(metrics.length).toBeGreaterThan(0);
  });

  it("name metrics that export writes, and labels that these have", async () => {
    const { labels } = await exported();
    for (const [title, expr] of expressions) {
      const { metrics, labels: named } = readExpression(expr);
      for (const metric of metrics) expect([...labels.keys()], title).toContain(metric);
      const known = new Set(metrics.flatMap((metric) => [...labels.get(metric)!]));
      for (const label of named) expect([...known], `${title}: ${label}`).toContain(label);
    }
    for (const wanted of ["instance", "server"]) {
      const { definition } = dashboard.templating.list.find(({ name }) => name === wanted)!;
      const [, metric, label] = /^label_values\((\w+)(?:\{.*\})?, (\w+)\)$/.exec(definition!)!;
      expect([...labels.keys()]).toContain(metric);
      expect(label).toBe(wanted);
    }
  });
});

describe("docs/prometheus.md", () => {
  it("has every metric with its labels, and no others", async () => {
    const text = fs.readFileSync(new URL("../../docs/prometheus.md", import.meta.url), "utf8");
    const rows = [...text.matchAll(/^\| `(rdbscope_\w+)` +\| ([a-z, ]*?) +\|/gm)];
    const told = new Map(rows.map(([, name, labels]) => [name!, labels!.split(", ").filter(Boolean)]));
    const { labels } = await exported();
    expect([...told.keys()].sort()).toEqual([...labels.keys()].sort());
    for (const [name, own] of labels) {
      if (name === "rdbscope_snapshot_info") continue;
      expect(told.get(name), name).toEqual([...own].filter((one) => !["instance", "server"].includes(one)));
    }
  });
});

describe("alerts", () => {
  it("have a severity, a summary and a description, and a name of their own", () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Rdbscope[A-Za-z]+$/);
      expect(["critical", "warning", "info"]).toContain(labels.severity);
      expect(annotations.summary.length * annotations.description.length).toBeGreaterThan(0);
    }
  });

  it("name labels in their texts that their metrics have", async () => {
    const { labels } = await exported();
    for (const { expr, annotations } of rules) {
      const used = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map((match) => match[1]!);
      const known = readExpression(expr).metrics.flatMap((metric) => [...labels.get(metric)!]);
      for (const label of used) expect(known).toContain(label);
    }
  });

  it("have a unit test each", () => {
    const text = fs.readFileSync(new URL("../servers/prometheus/rules.test.yml", import.meta.url), "utf8");
    const { tests } = parse(text) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts?: unknown[] }[] }[];
    };
    const firing = tests.flatMap((one) => one.alert_rule_test).filter((one) => one.exp_alerts !== undefined);
    expect(new Set(firing.map(({ alertname }) => alertname))).toEqual(
      new Set(rules.map(({ alert }) => alert)),
    );
  });
});

describe("the dashboard", () => {
  const { panels, templating } = dashboard;

  it("is one that Grafana imports: an id, a title, a schema, panels of its own kinds", () => {
    expect(dashboard).toMatchObject({ uid: "rdbscope", schemaVersion: expect.any(Number) });
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { type, title, targets, fieldConfig, datasource } of panels) {
      expect(["stat", "timeseries", "table"]).toContain(type);
      expect(title).not.toBe("");
      // Units of Grafana's list.
      expect(["s", "bytes", "percentunit", "short"]).toContain(fieldConfig.defaults.unit);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const one of [datasource, ...targets.map((target) => target.datasource)])
        expect(one).toEqual({ type: "prometheus", uid: "$" + "{datasource}" });
    }
  });

  it("tells servers apart: each metric is of the chosen ones, and each sum has their label", () => {
    for (const { title, targets } of panels) {
      for (const { expr } of targets) {
        const { metrics } = readExpression(expr);
        expect(expr.split('server=~"$server"').length - 1, title).toBe(metrics.length);
        for (const [, labels] of expr.matchAll(/ by \(([^)]*)\)/g))
          expect(labels!.split(", ")).toEqual(expect.arrayContaining(["instance", "server"]));
      }
    }
  });

  it("uses variables that it has, all of them", () => {
    const used = new Set(
      [...JSON.stringify({ panels, templating }).matchAll(/\$\{?(\w+)\}?/g)].map((match) => match[1]),
    );
    expect(used).toEqual(new Set(templating.list.map(({ name }) => name)));
  });

  it("has panels that lie on the grid of 24 columns, none on another", () => {
    const taken = new Set<string>();
    for (const { gridPos, title } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), title).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
    }
  });
});
