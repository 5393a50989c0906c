import { column, type Row, type Section } from "../queries/answer.ts";
import { counted } from "../queries/words.ts";
import { humanCount } from "./units.ts";

/** What `verify` found, by the names of its JSON. */
export type Facts = Readonly<Record<string, unknown>>;

const FACT = column("fact", "Fact", "text");

/** The bytes around a fault, as people read them. */
const WORDS: Readonly<Record<string, string>> = {
  "fault_place offset": "reading ended at",
  "fault_place last_key": "last key before",
  "fault_place bytes_before": "bytes before",
  "fault_place bytes_from": "bytes from there",
};

/** Facts as people read them, a row each. */
export function verifySection(facts: Facts): Section {
  const columns = [FACT, column("value", "Value", "text", { wraps: true })];
  const rows = Array.from(flat(facts), ({ fact, value }): Row => {
    const shown = fact === "fault_place offset" ? `byte ${humanCount(value as number)}` : value;
    if (fact === "sound") return { fact: "verdict", value: verdict(facts) };
    return {
      fact: WORDS[fact] ?? fact,
      value: typeof shown === "number" ? humanCount(shown) : shown,
    };
  });
  return { name: "verify", title: "", columns, rows };
}

/** What it all comes to, in a few words: the faults have rows of their own. */
function verdict({ sound, checksum, faults }: Facts): string {
  if (sound === true)
    return checksum === "absent" ? "sound, as far as can be told without a checksum" : "sound";
  const [first, ...others] = faults as readonly Facts[];
  const more = others.length > 0 ? `, and ${counted(others.length, "more fault")}` : "";
  return `not sound: ${first!.code}${first!.offset ? ` at byte ${first!.offset}` : ""}${more}`;
}

/** Facts by their names in JSON, a row each. */
export function verifyRows(facts: Facts): Section {
  const columns = [FACT, column("value", "Value", "count")];
  return { name: "verify", title: "", columns, rows: flat(facts) };
}

/** Lists and objects become one row a member. */
function* flat(facts: Facts, prefix = ""): Iterable<{ fact: string; value: string | number | Buffer }> {
  for (const [name, value] of Object.entries(facts)) {
    const fact = `${prefix}${name}`;
    if (Buffer.isBuffer(value) || typeof value === "number") yield { fact, value };
    else if (!Array.isArray(value) && !isRecord(value)) yield { fact, value: String(value ?? "none") };
    else if (isRecord(value)) yield* flat(value, `${fact} `);
    else if (value.length === 0) yield { fact, value: "none" };
    else for (const one of value) yield { fact, value: isRecord(one) ? sentence(one) : String(one) };
  }
}

function isRecord(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `{type: "HASH", keys: 3}` as "HASH 3"; a fault as its message. */
function sentence({ message, ...others }: Facts): string {
  return typeof message === "string" ? message : Object.values(others).join(" ");
}
