import { column, type Row, type Section } from "./answer.ts";
import { listNotes } from "./sample-notes.ts";
import { keySource, type Scope, scopeNotes, scopeParams } from "./scope.ts";

const COLUMNS = [
  column("db", "DB", "count"),
  column("key", "Key", "key"),
  column("type", "Type", "text"),
  column("encoding", "Encoding", "text"),
  column("bytes", "Memory", "bytes"),
  column("heap_bytes", "Heap", "bytes"),
  column("serialized_bytes", "In file", "bytes"),
  column("payload_bytes", "Payload", "bytes"),
  column("elements", "Elements", "count"),
  column("largest_element_bytes", "Largest", "bytes"),
  column("expires_at", "Expires", "time"),
  column("expired", "Expired", "count"),
  column("idle_seconds", "Idle", "count"),
  column("freq", "Freq", "count"),
  column("slot", "Slot", "count"),
  column("pattern", "Pattern", "key"),
  column("record_offset", "Offset", "count"),
  column("module", "Module", "text"),
  column("accuracy", "Accuracy", "text"),
  column("weight", "Weight", "number"),
];

/** Every key of the scope with all that its row says, in the order of the snapshot. */
export function keyRows(scope: Scope): Section {
  const names = COLUMNS.map(({ name }) => name).join(", ");
  const sql = `SELECT ${names} FROM ${keySource(scope)} ORDER BY record_offset`;
  const rows = scope.inventory.iterate<Row>(sql, scopeParams(scope));
  return {
    name: "keys",
    title: "Keys",
    columns: COLUMNS,
    rows,
    notes: [...scopeNotes(scope), ...listNotes(scope)],
  };
}
