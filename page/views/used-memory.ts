import type { SnapshotReport, UsedMemory } from "../../src/report-data/types.ts";
import { bar, legend } from "../bars.ts";
import { h } from "../dom.ts";
import { humanBytes, shareText, within } from "../format.ts";
import { nothing, panel, type Section, section } from "../panel.ts";
import { table } from "../table.ts";

interface Part {
  readonly name: string;
  readonly paint: string;
  readonly bytes: number;
  readonly why: string;
}

/** What used_memory is made of, and what the keys do not explain of what it was. */
export function usedMemoryView({ used_memory: used, snapshot }: SnapshotReport): Section {
  const title = "What used_memory is made of";
  if (used === null) {
    return section(
      "used",
      title,
      nothing("used_memory is of all keys, and this report is of a part of them."),
    );
  }
  const parts = partsOf(used);
  const all = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  return section(
    "used",
    title,
    panel({
      title: `${humanBytes(used.estimated_bytes)}${within(used.estimated_bytes, used.estimated_error)} after loading${used.saved_bytes === null ? "" : `, ${humanBytes(used.saved_bytes)} when saved`}`,
      hint: savedText(used, snapshot.server),
      chart: h(
        "div",
        { class: "stack" },
        bar(...parts.map(({ bytes, paint }) => ({ share: bytes / all, paint }))),
        legend(...parts.map(({ name, paint }) => ({ label: name, paint }))),
      ),
      table: table(
        "Parts of used_memory",
        [
          { title: "Part", cell: ({ name }) => name, isHead: true },
          { title: "Bytes", cell: ({ bytes }) => humanBytes(bytes), number: ({ bytes }) => bytes },
          { title: "Share", cell: ({ bytes }) => shareText(bytes, all), number: ({ bytes }) => bytes },
          { title: "What it is", cell: ({ why }) => why, from: "wide" },
        ],
        parts,
      ),
      wide: true,
    }),
  );
}

function partsOf(used: UsedMemory): Part[] {
  const unexplained = Math.max(0, used.unexplained_bytes ?? 0);
  const data = used.data_is_estimate
    ? "names and elements of the keys that are loaded; an estimate, as some have expired"
    : "names and elements of the keys";
  const parts: Part[] = [
    { name: "data", paint: "data", bytes: used.data_bytes, why: data },
    {
      name: "overhead of keys",
      paint: "overhead",
      bytes: used.overhead_bytes,
      why: "objects, entries, headers, and what the allocator rounds up",
    },
    {
      name: "tables",
      paint: "tables",
      bytes: used.table_bytes,
      why: "bucket arrays of the main and the expires tables",
    },
    { name: "functions", paint: "functions", bytes: used.function_bytes, why: "libraries of FUNCTION LOAD" },
    { name: "server", paint: "server", bytes: used.baseline_bytes, why: "a server without any data" },
    {
      name: "unexplained",
      paint: "unexplained",
      bytes: unexplained,
      why: "when saved, but not in the keys: buffers, slack of growth, scripts, modules",
    },
  ];
  return parts.filter(({ bytes }) => bytes > 0);
}

function savedText(
  { saved_bytes: saved, comparable, unexplained_bytes: rest }: UsedMemory,
  server: string,
): string {
  if (saved === null) return "The snapshot does not say what used_memory was when it was saved.";
  if (!comparable || rest === null)
    return `When ${server} saved it, it was ${humanBytes(saved)}, which is not comparable: keys are missing here, or they are sized for another server.`;
  if (rest < 0)
    return `When saved it was ${humanBytes(-rest)} less than estimated: another server or other settings than sized for, or keys in smaller encodings.`;
  return `When saved it was ${humanBytes(rest)} (${shareText(rest, saved)} of it) more than the keys explain.`;
}
