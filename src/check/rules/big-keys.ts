import { UsageError } from "../../errors.ts";
import { hasKeyRows, keySource } from "../../queries/scope.ts";
import { counted } from "../../queries/words.ts";
import { count, size } from "../../yaml/fields.ts";
import { isBeyond, ruleKind, type Unit, violation } from "../rule.ts";
import { type Chosen, chosen, needsOf, SELECT } from "../select.ts";

interface SizedKey {
  readonly db: number;
  readonly key: string | Buffer;
  readonly type: string;
  readonly bytes: number;
  readonly elements: number | null;
  readonly largest_element_bytes: number;
}

/** The column that each field is a limit of, and what the inventory ranks keys by where there is a row a key for none. */
const MEASURES = {
  max_bytes: ["bytes", "bytes", "of memory"],
  max_elements: ["elements", "count", "elements"],
  max_element_bytes: ["largest_element_bytes", "bytes", "in its largest element"],
} as const satisfies Readonly<Record<string, readonly [keyof SizedKey, Unit, string]>>;
type Field = keyof typeof MEASURES;
const FIELDS = Object.keys(MEASURES) as Field[];
type Limits = { readonly [F in Field]?: number | undefined };

const COLUMNS = "db, key, type, bytes, elements, largest_element_bytes";

/** Single keys that are too big. */
export const bigKeys = ruleKind({
  id: "big-keys",
  looksFor: "single keys of more bytes or elements than allowed",
  fields: {
    ...SELECT,
    max_bytes: size("Memory of a key at most.").optional(),
    max_elements: count("Elements of a key at most (fields, members, entries).").optional(),
    max_element_bytes: size("Length of an element, or of a string, at most. Needs a row a key.").optional(),
  },
  oneOf: FIELDS,
  needs: (fields) => {
    const needs = needsOf(fields);
    return fields.max_element_bytes === undefined || needs.includes("rows") ? needs : ["rows", ...needs];
  },
  prefersRows: true,
  check({ scope }, fields, found) {
    const own = chosen(scope, fields);
    const given = FIELDS.filter((field) => fields[field] !== undefined);
    const { source, isComplete } = hasKeyRows(scope) ? rowsOf(own) : ranked(own, fields);
    const beyond = given.map((field) => `${MEASURES[field][0]} > @${field}`).join(" OR ");
    const rows = scope.inventory.iterate<SizedKey>(
      `SELECT ${COLUMNS} FROM ${source} WHERE ${own.condition} AND (${beyond})`,
      { ...own.params, ...limitParams(fields, given) },
    );
    let keys = 0;
    for (const row of rows) {
      keys++;
      for (const field of given) {
        const [column, unit, what] = MEASURES[field];
        const value = row[column];
        const limit = fields[field]!;
        if (value === null || !isBeyond(field, value, limit)) continue;
        const detail =
          row.elements === null ? row.type : `${row.type} of ${counted(row.elements, "element")}`;
        found(
          violation({
            about: "key",
            name: row.key,
            db: row.db,
            what,
            value,
            field,
            limit,
            unit,
            detail,
            rank: row.bytes,
          }),
        );
      }
    }
    if (isComplete) return { measured: `${counted(keys, "key")} beyond it` };
    if (keys === 0) {
      const { path } = scope.snapshot;
      throw new UsageError(
        `big-keys: the inventory knows the largest keys of each type only, and none of those is chosen; it needs a row a key: rdbscope analyze ${path} --keys all`,
      );
    }
    return {
      measured: `${counted(keys, "key")} beyond it at least`,
      notes: [
        "the inventory knows the largest keys of each type only: there may be more (analyze --keys all)",
      ],
    };
  },
});

interface Source {
  readonly source: string;
  /** Whether every key that is too big is in it. */
  readonly isComplete: boolean;
}

function rowsOf({ scope }: Chosen): Source {
  return { source: keySource(scope), isComplete: true };
}

/** From the rankings that every inventory has: complete unless all that a ranking holds are too big. */
function ranked({ scope, params }: Chosen, fields: Limits): Source {
  const { inventory } = scope;
  const isFull = (by: "bytes" | "elements", limit: number | undefined) =>
    limit !== undefined &&
    inventory.get(
      `SELECT 1 FROM big_keys b WHERE snapshot = @snapshot AND ranked_by = '${by}' GROUP BY type
       HAVING min(b.${by}) > @limit
         AND count(*) < (SELECT sum(keys) FROM rollup r WHERE r.snapshot = @snapshot AND r.type = b.type)`,
      { snapshot: params.snapshot!, limit },
    ) !== undefined;
  return {
    source: `(SELECT DISTINCT ${COLUMNS}, pattern FROM big_keys WHERE snapshot = @snapshot
      AND (@dbs IS NULL OR db IN (SELECT value FROM json_each(@dbs)))
      AND (@types IS NULL OR type IN (SELECT value FROM json_each(@types))))`,
    isComplete: !isFull("bytes", fields.max_bytes) && !isFull("elements", fields.max_elements),
  };
}

function limitParams(fields: Limits, given: readonly Field[]): Record<string, number> {
  return Object.fromEntries(given.map((field) => [field, fields[field]!]));
}
