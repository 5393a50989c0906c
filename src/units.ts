/** Rounded to two digits, it and all above have four before the point. */
const LEAST_OF_NEXT = 999.995;
const UNITS = ["B", "K", "M", "G", "T", "P", "E"] as const;

/**
 * Bytes as Redis prints them, 1024-based with two digits behind the point, but with three digits before it at most: what Redis
 * prints as 1003.70K is 0.98M. Mirrors bytesToHuman(), server.c, Redis 7.2.
 */
export function humanBytes(bytes: number): string {
  if (Math.abs(bytes) < 1024) return `${Math.round(bytes)}B`;
  let power = 1;
  while (power < UNITS.length - 1 && Math.abs(bytes) / 1024 ** power >= LEAST_OF_NEXT) power++;
  return `${(bytes / 1024 ** power).toFixed(2)}${UNITS[power]}`;
}

/** A share of one as per cent: "12.3%"; what is there, but rounds to nothing, is "<0.1%", or "0.0%" below 0. */
export function humanShare(share: number): string {
  if (share > 0 && share < 0.0005) return "<0.1%";
  const digits = (share * 100).toFixed(1);
  return `${digits === "-0.0" ? "0.0" : digits}%`;
}

/** A change with its sign; "=" where there is none. */
export function signed(change: number, told: (size: number) => string): string {
  if (change === 0) return "=";
  return `${change > 0 ? "+" : "-"}${told(Math.abs(change))}`;
}

/** How far an estimate may be off, as per cent of it: "±0.4%", "±12%". */
export function humanError(value: number, error: number): string {
  const percent = value === 0 ? 0 : (100 * error) / Math.abs(value);
  if (percent === 0) return "±0%";
  return `±${percent < 0.1 ? "<0.1" : percent.toFixed(percent < 9.95 ? 1 : 0)}%`;
}

/** Milliseconds since the epoch as UTC: "2026-11-21 14:53:30". */
export function humanTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().slice(0, 19).replace("T", " ");
}

const SPANS = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
] as const;

/** How long, in the largest unit that it has one of: "3.5 d", "12 h", "90 s". */
export function humanDuration(seconds: number): string {
  const [length, unit] = SPANS.find(([span]) => seconds >= span) ?? SPANS[3];
  return `${Number((seconds / length).toFixed(1))} ${unit}`;
}
