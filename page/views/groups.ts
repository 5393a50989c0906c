import type { Group, SnapshotReport } from "../../src/report-data/types.ts";
import { bar } from "../bars.ts";
import { named } from "../dom.ts";
import { bytesText, counted, humanBytes, humanShare, keysText, thousands } from "../format.ts";
import { panel, type Section, section } from "../panel.ts";
import { type Column, table } from "../table.ts";
import { typeClass } from "../types.ts";

type Listed = SnapshotReport["types"];

/** Memory by type and by encoding. */
export function groupsView({ types, encodings }: SnapshotReport): Section {
  return section(
    "types",
    "Types and encodings",
    panel({
      title: "Memory by type",
      hint: restHint(types),
      table: groupTable("Memory by type", "Type", types),
    }),
    panel({
      title: "Memory by encoding",
      hint: restHint(encodings),
      table: groupTable("Memory by encoding", "Encoding", encodings),
    }),
  );
}

/** What a cut list leaves out. */
export function restHint({ rest }: { readonly rest: Listed["rest"] }): string | undefined {
  if (rest.rows === 0) return undefined;
  return `${counted(rest.rows, "row")} more, of ${counted(rest.keys, "key")} and ${humanBytes(rest.bytes)}, are not listed.`;
}

function groupTable(caption: string, title: string, { rows }: Listed): HTMLElement {
  const most = Math.max(1, ...rows.map(({ bytes }) => bytes));
  const columns: Column<Group>[] = [
    { title, cell: ({ name }) => named(name), isHead: true, text: ({ name }) => name },
    {
      title: "",
      isBar: true,
      cell: ({ name, bytes }) => bar({ share: bytes / most, paint: typeClass(name.split(" ")[0]) }),
    },
    { title: "Memory", cell: bytesText, number: ({ bytes }) => bytes },
    { title: "Share", cell: ({ bytes_share: share }) => humanShare(share), number: (row) => row.bytes_share },
    { title: "Keys", cell: keysText, number: ({ keys }) => keys, from: "half" },
    {
      title: "Largest",
      cell: (row) => humanBytes(row.max_bytes),
      number: (row) => row.max_bytes,
      from: "wide",
    },
    {
      title: "Elements",
      cell: ({ elements }) => (elements === null ? "-" : thousands(elements)),
      number: ({ elements }) => elements ?? -1,
      from: "wide",
    },
  ];
  return table(caption, columns, rows, { sortable: true, sorted: 2 });
}
