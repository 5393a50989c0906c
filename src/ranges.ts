const BYTES: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};
const SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
const MILLISECONDS = Object.fromEntries(Object.entries(SECONDS).map(([unit, value]) => [unit, value * 1000]));

/** Both ends belong to it. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** A share above 0 and up to 1: `0.05`, `5%`. */
export function parseShare(text: string): number | undefined {
  const [, digits, percent] = /^(\d{0,9}(?:\.\d{1,9})?)(%?)$/.exec(text.trim()) ?? [];
  if (digits === undefined || digits === "") return undefined;
  const share = Number(digits) / (percent === "%" ? 100 : 1);
  return share > 0 && share <= 1 ? share : undefined;
}

/** "1.5K" as bytes (1024-based); undefined when it is none. */
export function parseBytes(text: string): number | undefined {
  return scaled(text, BYTES);
}

/** "90", "1.5m", "1h" as milliseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  return scaled(text, MILLISECONDS);
}

/** "10K..1M", "10K..", "..1M" as bytes. */
export function parseByteRange(text: string): NumberRange | undefined {
  return parseRange(text, BYTES);
}

/** "1h..7d", "30d.." as seconds. */
export function parseTimeRange(text: string): NumberRange | undefined {
  return parseRange(text, SECONDS);
}

const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/i;

/** A time: "now", ISO 8601 (UTC where no zone is told), or seconds since the epoch; as ms since then. */
export function parseTime(text: string): number | undefined {
  if (text === "now") return Date.now();
  if (/^\d{1,11}$/.test(text)) return Number(text) * 1000;
  if (!ISO.test(text)) return undefined;
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/i.test(text) && text.length > 10;
  const ms = Date.parse(
    hasZone || text.length === 10 ? text.replace(" ", "T") : `${text.replace(" ", "T")}Z`,
  );
  return Number.isNaN(ms) ? undefined : ms;
}

function parseRange(text: string, units: Readonly<Record<string, number>>): NumberRange | undefined {
  const ends = text.split("..");
  if (ends.length !== 2 || text === "..") return undefined;
  const min = ends[0] === "" ? 0 : scaled(ends[0]!, units);
  const max = ends[1] === "" ? Number.POSITIVE_INFINITY : scaled(ends[1]!, units);
  return min === undefined || max === undefined || min > max ? undefined : { min, max };
}

function scaled(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)([a-z]?)$/i.exec(text.trim());
  const unit = match && units[match[2]!.toLowerCase()];
  return match && unit !== null && unit !== undefined ? Math.round(Number(match[1]) * unit) : undefined;
}
