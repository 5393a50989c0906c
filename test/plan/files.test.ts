import fs from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { parseCatalogue } from "../../src/plan/catalogue.ts";
import { parseModel } from "../../src/plan/model.ts";
import { parseScenarios } from "../../src/plan/scenario.ts";
import { PLAN_SCHEMAS } from "../../src/plan/schemas.ts";
import { DOCS, readDoc } from "./support.ts";

describe("docs/plan", () => {
  it.each(Object.entries(PLAN_SCHEMAS))(
    "has the JSON Schema of a %s up to date (npm run plan:schemas)",
    (name, schema) => {
      expect(JSON.parse(readDoc(`${name}.schema.json`))).toEqual(JSON.parse(JSON.stringify(schema())));
    },
  );

  it("has examples that are read", () => {
    const files = fs
      .readdirSync(DOCS, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"));
    expect(files.length).toBeGreaterThanOrEqual(8);
    for (const file of files) {
      const parse = /model/.test(file) ? parseModel : /scenario/.test(file) ? parseScenarios : parseCatalogue;
      parse(readDoc(file), file);
    }
    expect(parseCatalogue(readDoc("catalogue.example.yaml"), path.join(DOCS, "x")).example).toBe(true);
  });
});

describe("editors", () => {
  const files = fs
    .readdirSync(DOCS, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"));
  const kindOf = (file: string) =>
    /model/.test(file) ? "model" : /scenario/.test(file) ? "scenario" : "catalogue";
  const validator = (kind: keyof typeof PLAN_SCHEMAS) =>
    new Ajv({ strict: false }).compile(JSON.parse(readDoc(`${kind}.schema.json`)));

  it.each(files)("find nothing wrong with %s", (file) => {
    const isValid = validator(kindOf(file));
    expect([isValid(parseYaml(readDoc(file))), isValid.errors]).toEqual([true, null]);
  });

  it("find a wrong value, and a field that there is none of", () => {
    const isValid = validator("scenario");
    const one = (fields: object) => ({ version: 1, scenarios: [{ name: "a", ...fields }] });
    expect(isValid(one({ workload: "mixed", settings: { "hash-max-listpack-entries": 5 } }))).toBe(true);
    expect(
      [one({ workload: "fast" }), one({ growth: 5 }), one({ growht: "5%" })].map((text) => isValid(text)),
    ).toEqual([false, false, false]);
  });
});

/** Texts, and what is said of them. */
const WRONG: readonly (readonly [
  parse: (text: string, path: string) => unknown,
  text: string,
  message: string,
])[] = [
  [
    parseScenarios,
    "version: 1\nscenarios:\n  - name: a\n    workload: heavy\n",
    'f.yaml:4:15: scenarios[0].workload: "heavy" is not one of read-heavy, analytical, mixed, write-heavy',
  ],
  [
    parseScenarios,
    "version: 1\nscenarios:\n  - name: a\n    growht: 5%\n",
    "f.yaml:4:5: scenarios[0].growht: there is no such field: did you mean growth? known are profile,",
  ],
  [
    parseScenarios,
    "version: 1\nscenarios:\n  - name: a\n    profile: redis-9\n",
    'f.yaml:4:14: scenarios[0].profile: "redis-9" is not one of redis-4.0, redis-5.0',
  ],
  [
    parseScenarios,
    "version: 1\nscenarios:\n  - name: a\n    settings:\n      hash-max-listpack-entrys: 5\n",
    "f.yaml:5:33: scenarios[0].settings.hash-max-listpack-entrys: unknown setting hash-max-listpack-entrys: did you mean hash-max-listpack-entries?",
  ],
  [
    parseScenarios,
    "version: 1\ncommon: { growth: 5 }\nscenarios: [{ name: a }]\n",
    "f.yaml:2:19: common.growth: 5 is not a percentage such as 5% or -2%",
  ],
  [parseScenarios, "version: 1\n", "f.yaml:1:1: scenarios is missing: it is a list of scenarios"],
  [
    parseScenarios,
    "version: 1\nscenarios: [{ name: a }, { name: a }]\n",
    "f.yaml:2:34: scenarios[1].name: a is the name of another one",
  ],
  [parseScenarios, "a: [", "f.yaml:1:5: no YAML: "],
  [parseScenarios, "5", "f.yaml:1:1: a scenario file is a map with the fields version and scenarios"],
  [
    parseModel,
    "version: 1\nstructures:\n  - { name: a, type: stream, count: 1, key: 1 }\n",
    'f.yaml:3:22: structures[0].type: "stream" is not one of string, hash, set, zset, list',
  ],
  [
    parseModel,
    "version: 1\nstructures:\n  - { name: a, type: hash, count: 1, key: 1, fields: 2, field: 3, valeu: 4 }\n",
    "f.yaml:3:",
  ],
  [
    parseCatalogue,
    "version: 1\nas_of: soon\nsource: me\ncurrency: EUR\nmachines: [{ name: a, memory: 4G, vcpu: 1 }]\n",
    'f.yaml:2:8: as_of: "soon" is not a date such as 2026-11-01',
  ],
  [
    parseCatalogue,
    "version: 1\nas_of: 2026-11-01\nsource: me\ncurrency: EUR\nmachines: [{ name: a, memory: lots, vcpu: 1 }]\n",
    'f.yaml:5:31: machines[0].memory: "lots" is not a size in bytes such as 500, 10K, 500M or 4G',
  ],
];

describe("a wrong file", () => {
  it.each(WRONG)("names line, column, field and what is allowed: %o %j", (parse, text, message) => {
    const error = (() => {
      try {
        parse(text, "f.yaml");
      } catch (thrown) {
        return thrown as Error;
      }
      return undefined;
    })();
    expect(error?.name).toBe("UsageError");
    expect(error?.message.slice(0, message.length)).toBe(message);
  });
});
