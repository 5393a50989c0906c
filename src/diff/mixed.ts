import type { SnapshotRow } from "../queries/snapshots.ts";
import type { DiffSide } from "./rollup-diff.ts";

/** A fact that both sides have to agree on, for their figures to be comparable. */
interface Agreement {
  readonly what: string;
  readonly of: (snapshot: SnapshotRow) => string;
}

/** What has to be the same on both sides. Sizes depend on the first three, which keys there are on the others. */
const AGREEMENTS: readonly Agreement[] = [
  { what: "profile", of: ({ profile }) => profile },
  { what: "allocator", of: ({ allocator }) => allocator },
  { what: "settings", of: ({ settings }) => canonical(settings) },
  { what: "filters", of: ({ filters }) => canonical(filters) },
  { what: "hashed names", of: ({ hashed_names: id }) => (id === null ? "none" : `secret ${id}`) },
  {
    what: "sample",
    of: ({ sample_share: share, sample_seed: seed }) =>
      share === null ? "none" : `${share}, seed ${seed ?? 0}`,
  },
];

/** In what two sides differ though their figures depend on it: a few words each, empty where they can be compared. */
export function disagreements(old: DiffSide, now: DiffSide): string[] {
  return AGREEMENTS.flatMap(({ what, of }) => {
    const told = (side: DiffSide) =>
      [...new Set(side.map(({ snapshot }) => of(snapshot)))].sort().join(" and ");
    const [a, b] = [told(old), told(now)];
    if (a === b) return [];
    return [
      what === "settings" || what === "filters" ? `${what} (${difference(a, b)})` : `${what} (${a}, ${b})`,
    ];
  });
}

/** Members that two JSON objects have otherwise. */
function difference(a: string, b: string): string {
  const [one, other] = [parsed(a), parsed(b)];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const told = (value: unknown) => (value === undefined ? "none" : JSON.stringify(value));
  return names
    .filter((name) => told(one[name]) !== told(other[name]))
    .map((name) => `${name}: ${told(one[name])}, ${told(other[name])}`)
    .join("; ");
}

/** A side of snapshots that do not even agree with each other has several texts. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { each: text };
  }
}

function canonical(json: string): string {
  const members = Object.entries(JSON.parse(json || "{}") as object);
  return JSON.stringify(Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1))));
}
