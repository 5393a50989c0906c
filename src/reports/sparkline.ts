const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
/** Bars at most: of more values, several share one. */
const MOST_BARS = 20;
/** Values that differ by less than this share of the largest one are a flat line: else noise would look like growth. */
const FLAT = 0.005;

/** Values as a line of bars from the least to the greatest, a bar a value, or of many the mean of several; null: a gap. */
export function sparkline(values: readonly (number | null)[]): string {
  const bars = values.length > MOST_BARS ? shared(values) : values;
  const known = bars.filter((value) => value !== null);
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  const isFlat = greatest - least <= FLAT * Math.max(Math.abs(greatest), Math.abs(least));
  return bars
    .map((value) => {
      if (value === null) return " ";
      if (isFlat) return BARS[3];
      return BARS[Math.round(((value - least) / (greatest - least)) * (BARS.length - 1))];
    })
    .join("");
}

function shared(values: readonly (number | null)[]): (number | null)[] {
  return Array.from({ length: MOST_BARS }, (_, i) => {
    const from = Math.floor((i * values.length) / MOST_BARS);
    const to = Math.floor(((i + 1) * values.length) / MOST_BARS);
    const known = values.slice(from, to).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
