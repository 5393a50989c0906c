import { byteString, globToRegExp } from "../../patterns/index.ts";
import { keySource } from "../../queries/scope.ts";
import { counted } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { count } from "../../yaml/fields.ts";
import { type Context, type Found, type Outcome, ruleKind, violation } from "../rule.ts";
import { chosen, exampleKeys, needsOf, patternMatcher, SELECT, type Select, sumsOf } from "../select.ts";

interface Allowed extends Select {
  readonly ignore_below_keys?: number | undefined;
}

/** The only keys that may be there. */
export const allowed = ruleKind({
  id: "allowed",
  looksFor: "keys whose pattern, name, type or database is not on a list of what is expected",
  fields: { ...SELECT, ignore_below_keys: count("Leave out patterns of fewer keys.").optional() },
  oneOf: ["pattern", "key", "type", "db"],
  needs: needsOf,
  prefersRows: true,
  check(context, fields, found) {
    const outcomes = [
      ...(fields.key === undefined ? [] : [byName(context, fields.key, found)]),
      ...LISTS.flatMap(({ field, each, isOn }) => {
        const list = fields[field];
        return list === undefined
          ? []
          : [byGroup(context, fields, found, field, each, isOn(list as never[]))];
      }),
    ];
    return {
      measured: outcomes.map(({ measured }) => measured).join(", "),
      notes: outcomes.flatMap(({ notes = [] }) => notes),
    };
  },
});

/** Lists that groups of keys have to be on. */
const LISTS = [
  { field: "pattern", each: "pattern", isOn: patternMatcher },
  { field: "type", each: "type", isOn: (list: readonly string[]) => (name: string) => list.includes(name) },
  {
    field: "db",
    each: "db",
    isOn: (list: readonly number[]) => (name: string) => list.includes(Number(name)),
  },
] as const;
type List = (typeof LISTS)[number];

function byGroup(
  { scope }: Context,
  { ignore_below_keys }: Allowed,
  found: (one: Found) => void,
  field: List["field"],
  each: List["each"],
  isOn: (name: string) => boolean,
): Outcome {
  const isHashed = ({ name }: { name: string | null }) =>
    field === "pattern" && scope.snapshot.hashed_names !== null && name!.startsWith("#");
  const groups = sumsOf(scope, { each, ignore_below_keys });
  const others = groups.filter((one) => !isHashed(one) && !isOn(one.name!));
  for (const { name, keys, bytes } of others) {
    found(
      violation({
        about: each,
        name,
        what: keys === 1 ? "key that is not expected" : "keys that are not expected",
        value: keys,
        field,
        detail: humanBytes(bytes),
        rank: bytes,
        examples: () => exampleKeys(chosen(scope, {}), `CAST(${each} AS TEXT) = @name`, { name }),
      }),
    );
  }
  const hashed = groups.filter(isHashed).reduce((sum, one) => sum + one.keys, 0);
  return {
    measured: `${counted(others.length, `unexpected ${WORDS[field]}`)} of ${groups.length}`,
    notes: hashed === 0 ? [] : [`${counted(hashed, "key")} whose pattern is hashed cannot be looked at`],
  };
}

const WORDS = { pattern: "pattern", type: "type", db: "database" } as const;

function byName({ scope }: Context, globs: readonly string[], found: (one: Found) => void): Outcome {
  const expected = globs.map(globToRegExp);
  scope.inventory.define("is_expected", (key) => {
    const name = byteString(key as string | Buffer);
    return expected.some((glob) => glob.test(name)) ? 1 : 0;
  });
  const { scope: own, params } = chosen(scope, {});
  const rows = own.inventory.iterate<{ db: number; key: string | Buffer; bytes: number; type: string }>(
    `SELECT db, key, bytes, type FROM ${keySource(own)} WHERE NOT is_expected(key)`,
    params,
  );
  let keys = 0;
  for (const { db, key, bytes, type } of rows) {
    keys++;
    const detail = `${type} of ${humanBytes(bytes)}`;
    found(
      violation({
        about: "key",
        name: key,
        db,
        what: "a key that is not expected",
        field: "key",
        detail,
        rank: bytes,
      }),
    );
  }
  return { measured: counted(keys, "unexpected key") };
}
