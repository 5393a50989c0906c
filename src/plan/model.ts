import * as z from "zod";
import { LAYOUT } from "../../parsers/visitor.ts";
import { UsageError } from "../errors.ts";
import {
  changedSettings,
  chooseProfile,
  PROFILES,
  type ProfileName,
  parseSettings,
  type TargetSpec,
  tableBytes,
  targetOf,
  ValueMeter,
} from "../memory/index.ts";
import { flag, whole, words } from "../yaml/fields.ts";
import { readYaml } from "../yaml/read-yaml.ts";
import type { PlanData } from "./data.ts";
import type { Scenario } from "./scenario.ts";

/** Elements of one value that are counted one by one. */
const MAX_ELEMENTS = 10_000_000;

const length = (meaning: string) => whole(`${meaning} Bytes.`, 0, 512 * 1024 ** 2);
const elements = (meaning: string) => whole(meaning, 1, MAX_ELEMENTS);
const COMMON = {
  name: words("What it is called in the answer, as a pattern is."),
  count: whole("How many such keys there are.", 1, 1e13),
  key: length("Length of a key's name."),
  expires: flag("Whether they have a TTL.").optional(),
};

/** A kind of keys: how many there are, and what one is like on average. */
const STRUCTURES = [
  z.strictObject({ type: z.literal("string"), ...COMMON, value: length("Length of the value.") }),
  z.strictObject({
    type: z.literal("hash"),
    ...COMMON,
    fields: elements("Fields of one hash."),
    field: length("Length of a field's name."),
    value: length("Length of a field's value."),
  }),
  z.strictObject({
    type: z.literal("set"),
    ...COMMON,
    members: elements("Members of one set."),
    member: length("Length of a member."),
  }),
  z.strictObject({
    type: z.literal("zset"),
    ...COMMON,
    members: elements("Members of one sorted set."),
    member: length("Length of a member."),
  }),
  z.strictObject({
    type: z.literal("list"),
    ...COMMON,
    elements: elements("Elements of one list."),
    element: length("Length of an element."),
  }),
] as const;

const TYPE_NAMES = STRUCTURES.map(({ shape }) => shape.type.value);

const MODEL = z.strictObject({
  version: z.literal(1, "1").describe("The form of the file."),
  structures: z
    .array(
      z.discriminatedUnion("type", STRUCTURES, { error: `one of ${TYPE_NAMES.join(", ")}` }),
      "a list of structures",
    )
    .min(1, "a list of structures")
    .describe("Kinds of keys."),
});

export type Structure = z.output<typeof MODEL>["structures"][number];

/**
 * Kinds of keys, of a text as YAML (or JSON). `path` is what messages call it.
 * @throws {UsageError} with line, column, field and what is allowed, when it is none
 */
export function parseModel(text: string, path: string): readonly Structure[] {
  const top = "a model is a map with the fields version and structures";
  const { value, fail } = readYaml(MODEL, text, path, top);
  for (const [i, { name }] of value.structures.entries()) {
    const first = value.structures.findIndex((one) => one.name === name);
    if (first < i)
      fail(["structures", i, "name"], `structures[${i}].name: ${name} is the name of another one, too`);
  }
  return value.structures;
}

/** What one key of a kind takes on a target: the allocator's bytes, an expectation where the server is random. */
export interface StructureSize {
  readonly structure: Structure;
  readonly heap_bytes: number;
  /** Names and elements alone. */
  readonly payload_bytes: number;
}

/** Letters, which no server takes for a number, as many as a walk looks at. */
const LETTERS = new Uint8Array(256).fill(0x61);

/** Walks a value of the kind, and sizes it as it would be just after loading. */
export function sizeOf(structure: Structure, spec: TargetSpec): StructureSize {
  const meter = new ValueMeter([targetOf(spec)]);
  walk(structure, meter);
  meter.end();
  meter.size(structure.key, structure.expires === true);
  return {
    structure,
    heap_bytes: meter.bills[0]!.heapBytes,
    payload_bytes: meter.payloadBytes + structure.key,
  };
}

function walk(one: Structure, meter: ValueMeter): void {
  const text = (bytes: number) => meter.text(bytes, LETTERS, 0);
  const each = (count: number, layout: number, element: () => void) => {
    meter.begin(layout, count);
    for (let i = 0; i < count; i++) element();
  };
  if (one.type === "string") each(1, LAYOUT.string, () => text(one.value));
  else if (one.type === "list") each(one.elements, LAYOUT.list, () => text(one.element));
  else if (one.type === "set") each(one.members, LAYOUT.set, () => text(one.member));
  else if (one.type === "zset") {
    let score = 0;
    each(one.members, LAYOUT.zset, () => {
      text(one.member);
      meter.score(score++);
    });
  } else {
    each(one.fields, LAYOUT.hash, () => {
      text(one.field);
      text(one.value);
    });
  }
}

/** What counts and averages come to on the target of a scenario. @throws {UsageError} for wrong settings */
export function dataOfModel(structures: readonly Structure[], path: string, scenario: Scenario): PlanData {
  const target = specOf(scenario);
  const sizes = structures.map((structure) => sizeOf(structure, target));
  const keys = structures.reduce((sum, { count }) => sum + count, 0);
  const expires = structures.reduce((sum, one) => sum + (one.expires === true ? one.count : 0), 0);
  if (keys > Number.MAX_SAFE_INTEGER) throw new UsageError(`${path} has more keys than can be counted`);
  const made = targetOf(target);
  const { baselineBytes, measured, config } = made.profile;
  const patterns = sizes.map(({ structure, heap_bytes: bytes }) => ({
    pattern: structure.name,
    keys: structure.count,
    heap_bytes: bytes * structure.count,
  }));
  const heaviest = [...sizes].sort((a, b) => b.heap_bytes - a.heap_bytes)[0]!;
  return {
    path,
    created_at: null,
    target,
    profile_measured: measured !== undefined,
    settings: changedSettings(target.config, config),
    keys,
    key_bytes: patterns.reduce((sum, { heap_bytes: bytes }) => sum + bytes, 0),
    table_bytes: tableBytes(made, { keys, expires }),
    function_bytes: 0,
    baseline_bytes: baselineBytes,
    databases: [{ db: 0, keys, expires }],
    patterns,
    largest_key: { db: null, key: heaviest.structure.name, heap_bytes: heaviest.heap_bytes },
    slots: null,
    cannot_load: null,
    notes: [`${path}: keys of one kind are all taken to be as its averages say; real ones differ`],
  };
}

function specOf({ profile, allocator, settings = {} }: Scenario): TargetSpec {
  const chosen = profile === undefined ? chooseProfile("redis", "").profile : PROFILES[profile];
  return {
    profile: chosen.name as ProfileName,
    allocator: allocator ?? chosen.allocator,
    config: parseSettings(settings),
    loadedAt: 0,
  };
}

/** JSON Schema (draft 7) of models, for editors. */
export function modelJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(MODEL, { target: "draft-7", io: "input" });
  return { $schema, title: "Model of rdbscope plan", ...schema };
}
