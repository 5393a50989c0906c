import fs from "node:fs";
import path from "node:path";
import { parseCatalogue } from "../../src/plan/catalogue.ts";
import { dataOfModel, parseModel } from "../../src/plan/model.ts";
import { type Plan, type PlannedScenario, planOf } from "../../src/plan/plan.ts";
import { parseScenarios } from "../../src/plan/scenario.ts";

export const DOCS = path.resolve("docs/plan");
export const GIB = 2 ** 30;

/** A file below docs/plan. */
export const readDoc = (name: string) => fs.readFileSync(path.join(DOCS, name), "utf8");

/** Plans a model with scenarios, as the command does. */
export function planModel(model: string, scenarios: string, catalogue?: string): Plan {
  const structures = parseModel(model, "model.yaml");
  const inputs = parseScenarios(scenarios, "scenario.yaml").scenarios.map((scenario) => ({
    scenario,
    data: dataOfModel(structures, "model.yaml", scenario),
  }));
  return planOf(inputs, catalogue === undefined ? undefined : parseCatalogue(catalogue, "catalogue.yaml"));
}

/** Bytes of a term of what a shard needs. */
export function termOf({ shard }: PlannedScenario, name: string): number {
  return shard.terms.find(({ term }) => term === name)?.bytes ?? Number.NaN;
}

const SLOTS = 16_384;

/** CRC16 of redis.io's cluster specification, bit by bit, of what the specification hashes. */
export function slotOf(name: string): number {
  const open = name.indexOf("{");
  const close = open < 0 ? -1 : name.indexOf("}", open + 1);
  const hashed = close > open + 1 ? name.slice(open + 1, close) : name;
  let crc = 0;
  for (const byte of Buffer.from(hashed)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
    crc &= 0xffff;
  }
  return crc % SLOTS;
}
