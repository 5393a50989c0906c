/** A column of a Markdown table: numbers stand at the right. */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/** A Markdown table as the formatter leaves it: every column as wide as its widest cell. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) =>
    Math.max(3, title.length, ...rows.map((row) => (row[i] as string).length)),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const padded = (cells: readonly string[]) =>
    line(
      cells.map((cell, i) =>
        columns[i]?.right ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number),
      ),
    );
  const rule = columns.map(({ right }, i) =>
    right ? `${"-".repeat((widths[i] as number) - 1)}:` : "-".repeat(widths[i] as number),
  );
  return [padded(columns.map(({ title }) => title)), line(rule), ...rows.map(padded)].join("\n");
}
