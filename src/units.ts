const UNITS = ["B", "K", "M", "G", "T", "P", "E"] as const;

/** Bytes as Redis prints them: 1024-based, two digits behind the point. Mirrors bytesToHuman(), server.c, Redis 7.2. */
export function humanBytes(bytes: number): string {
  const magnitude = Math.abs(bytes);
  if (magnitude < 1024) return `${Math.round(bytes)}B`;
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(magnitude) / 10));
  const digits = (bytes / 1024 ** power).toFixed(2);
  if (digits === "1024.00" && power < UNITS.length - 1) return `1.00${UNITS[power + 1]}`;
  return `${digits}${UNITS[power]}`;
}

/** A share of one as per cent: "12.3%"; what is there, but rounds to nothing, is "<0.1%", or "0.0%" below 0. */
export function humanShare(share: number): string {
  if (share > 0 && share < 0.0005) return "<0.1%";
  const digits = (share * 100).toFixed(1);
  return `${digits === "-0.0" ? "0.0" : digits}%`;
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
