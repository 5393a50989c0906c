import { be, bytesOf, doubleLe, le } from "./bytes.ts";
import { intset, listpack, type Packed, ziplist, zipmap } from "./packed.ts";
import { len, type StringForm, str, type Text } from "./rdb-primitives.ts";

/** What an inventory must say of a value, whatever read it. */
export interface ValueFacts {
  readonly type: string;
  /** Null for strings, modules and rate limiters. */
  readonly elements: number | null;
  /**
   * Elements' bytes without the key's name: fields, values and members, uncompressed; scores, ids and names of
   * groups are no payload. Null where no source says how to count (module values, array floats).
   */
  readonly elementBytes: number | null;
  /** Longest element (a string's length); null where no source says how to count. */
  readonly largestElementBytes: number | null;
}

/** A value as it stands in a snapshot: its type byte, and what follows the key. */
export interface Value extends ValueFacts {
  readonly typeByte: number;
  readonly body: Buffer;
}

export interface Forms {
  /** Form of the strings, or of the blob. */
  readonly form?: StringForm;
}

const size = (text: Text) => bytesOf(text).length;
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const most = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.max(a, b), 0);

function value(
  typeByte: number,
  type: string,
  body: Buffer,
  elements: number | null,
  texts: readonly Text[],
): Value {
  const sizes = texts.map(size);
  return { typeByte, type, body, elements, elementBytes: sum(sizes), largestElementBytes: most(sizes) };
}

/** A text that `auto` may turn into an integer, and any other form takes as it is. */
const item = (text: Text, form: StringForm = "auto") => str(text, form);
const strings = (texts: readonly Text[], form?: StringForm) => Buffer.concat(texts.map((t) => item(t, form)));

/** Type 0. */
export function stringValue(text: Text, { form }: Forms = {}): Value {
  return value(0, "string", item(text, form), null, [text]);
}

/** Type 1. */
export function listValue(texts: readonly Text[], { form }: Forms = {}): Value {
  return value(1, "list", Buffer.concat([len(texts.length), strings(texts, form)]), texts.length, texts);
}

/** Type 2. */
export function setValue(texts: readonly Text[], { form }: Forms = {}): Value {
  return value(2, "set", Buffer.concat([len(texts.length), strings(texts, form)]), texts.length, texts);
}

export type Scored = readonly (readonly [Text, number])[];

function asciiScore(score: number): Buffer {
  if (Number.isNaN(score)) return Buffer.of(253);
  if (score === Number.POSITIVE_INFINITY) return Buffer.of(254);
  if (score === Number.NEGATIVE_INFINITY) return Buffer.of(255);
  const text = bytesOf(String(score));
  return Buffer.concat([Buffer.of(text.length), text]);
}

/** Type 3: ascii scores. */
export function zsetValue(members: Scored, { form }: Forms = {}): Value {
  const pairs = members.map(([m, score]) => Buffer.concat([item(m, form), asciiScore(score)]));
  return value(
    3,
    "zset",
    Buffer.concat([len(members.length), ...pairs]),
    members.length,
    members.map(([m]) => m),
  );
}

/** Type 5: binary scores. */
export function zset2Value(members: Scored, { form }: Forms = {}): Value {
  const pairs = members.map(([m, score]) => Buffer.concat([item(m, form), doubleLe(score)]));
  return value(
    5,
    "zset",
    Buffer.concat([len(members.length), ...pairs]),
    members.length,
    members.map(([m]) => m),
  );
}

export type Pairs = readonly (readonly [Text, Text])[];

/** Type 4. */
export function hashValue(pairs: Pairs, { form }: Forms = {}): Value {
  return value(
    4,
    "hash",
    Buffer.concat([len(pairs.length), strings(pairs.flat(), form)]),
    pairs.length,
    pairs.flat(),
  );
}

const scoreText = (score: number): Text =>
  score === Number.POSITIVE_INFINITY ? "inf" : score === Number.NEGATIVE_INFINITY ? "-inf" : String(score);
const scoredFlat = (members: Scored): Packed[] => members.flatMap(([m, score]) => [m, scoreText(score)]);
const blob = (bytes: Buffer, form: StringForm = "raw") => str(bytes, form);

/** Type 9. */
export function zipmapValue(
  pairs: Pairs,
  { form, free = 0 }: Forms & { readonly free?: number } = {},
): Value {
  return value(9, "hash", blob(zipmap(pairs, free), form), pairs.length, pairs.flat());
}

/** Type 10. */
export function listZiplistValue(texts: readonly Text[], { form }: Forms = {}): Value {
  return value(10, "list", blob(ziplist(texts), form), texts.length, texts);
}

/** Type 11. */
export function intsetValue(
  members: readonly bigint[],
  { form, width }: Forms & { readonly width?: 2 | 4 | 8 } = {},
): Value {
  return value(11, "set", blob(intset(members, width), form), members.length, members.map(String));
}

/** Type 12 (ziplist) or 17 (listpack). */
export function zsetPackedValue(typeByte: 12 | 17, members: Scored, { form }: Forms = {}): Value {
  const pack = typeByte === 12 ? ziplist : listpack;
  return value(
    typeByte,
    "zset",
    blob(pack(scoredFlat(members)), form),
    members.length,
    members.map(([m]) => m),
  );
}

/** Type 13 (ziplist) or 16 (listpack). */
export function hashPackedValue(typeByte: 13 | 16, pairs: Pairs, { form }: Forms = {}): Value {
  const pack = typeByte === 13 ? ziplist : listpack;
  return value(typeByte, "hash", blob(pack(pairs.flat()), form), pairs.length, pairs.flat());
}

/** Type 20. */
export function setListpackValue(texts: readonly Text[], { form }: Forms = {}): Value {
  return value(20, "set", blob(listpack(texts), form), texts.length, texts);
}

/** Type 14: ziplist nodes. */
export function quicklistValue(nodes: readonly (readonly Text[])[], { form }: Forms = {}): Value {
  const body = Buffer.concat([len(nodes.length), ...nodes.map((node) => blob(ziplist(node), form))]);
  return value(14, "list", body, nodes.flat().length, nodes.flat());
}

/** A node of a type 18 list: packed elements, or one plain element. */
export type Node2 = readonly Text[] | { readonly plain: Text };

/** Type 18. */
export function quicklist2Value(nodes: readonly Node2[], { form }: Forms = {}): Value {
  const texts = nodes.flatMap((node) => ("plain" in node ? [node.plain] : node));
  const parts = nodes.map((node) =>
    "plain" in node
      ? Buffer.concat([len(1), str(node.plain, form ?? "raw")])
      : Buffer.concat([len(2), blob(listpack(node), form)]),
  );
  return value(18, "list", Buffer.concat([len(nodes.length), ...parts]), texts.length, texts);
}

/** Field, value, and ms of its expiry (0 = none). */
export type Expiring = readonly (readonly [Text, Text, number])[];
const pairTexts = (fields: Expiring) => fields.flatMap((entry) => entry.slice(0, 2) as Text[]);
const minExpire = (fields: Expiring) => {
  const times = fields.map(([, , at]) => at).filter((at) => at > 0);
  return times.length === 0 ? 0 : Math.min(...times);
};

/** Type 22 as Redis 7.4 release candidates wrote it: absolute times first. */
export function hashMetadataPreGaValue(fields: Expiring, { form }: Forms = {}): Value {
  const parts = fields.map(([f, v, at]) => Buffer.concat([len(at), item(f, form), item(v, form)]));
  return value(22, "hash", Buffer.concat([len(fields.length), ...parts]), fields.length, pairTexts(fields));
}

/** Type 22 as Valkey 9 writes it: 8-byte times last, -1 for none. */
export function valkeyHash2Value(fields: Expiring, { form }: Forms = {}): Value {
  const parts = fields.map(([f, v, at]) =>
    Buffer.concat([item(f, form), item(v, form), le(at === 0 ? -1 : at, 8)]),
  );
  return value(22, "hash", Buffer.concat([len(fields.length), ...parts]), fields.length, pairTexts(fields));
}

const triplets = (fields: Expiring) => listpack(fields.flat());

/** Type 23 as Redis 7.4 release candidates wrote it: a listpack of triplets. */
export function hashListpackExPreGaValue(fields: Expiring, { form }: Forms = {}): Value {
  return value(23, "hash", blob(triplets(fields), form), fields.length, pairTexts(fields));
}

/** Type 24: the least expiry, then times relative to it (0 = none). */
export function hashMetadataValue(fields: Expiring, { form }: Forms = {}): Value {
  const least = minExpire(fields);
  const parts = fields.map(([f, v, at]) =>
    Buffer.concat([len(at === 0 ? 0 : at - least + 1), item(f, form), item(v, form)]),
  );
  const body = Buffer.concat([le(least, 8), len(fields.length), ...parts]);
  return value(24, "hash", body, fields.length, pairTexts(fields));
}

/** Type 25: the least expiry, then a listpack of triplets. */
export function hashListpackExValue(fields: Expiring, { form }: Forms = {}): Value {
  const body = Buffer.concat([le(minExpire(fields), 8), blob(triplets(fields), form)]);
  return value(25, "hash", body, fields.length, pairTexts(fields));
}

/** An item of a module's private data. */
export type ModuleItem =
  | { readonly sint: bigint }
  | { readonly uint: bigint }
  | { readonly float: number }
  | { readonly double: number }
  | { readonly text: Text; readonly form?: StringForm };

/** Module opcodes with the closing 0. */
export function moduleItems(items: readonly ModuleItem[]): Buffer {
  const parts = items.map((entry) => {
    if ("sint" in entry) return Buffer.concat([len(1), len(BigInt.asUintN(64, entry.sint))]);
    if ("uint" in entry) return Buffer.concat([len(2), len(entry.uint)]);
    if ("double" in entry) return Buffer.concat([len(4), doubleLe(entry.double)]);
    if ("text" in entry) return Buffer.concat([len(5), str(entry.text, entry.form ?? "auto")]);
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(entry.float);
    return Buffer.concat([len(3), bytes]);
  });
  return Buffer.concat([...parts, len(0)]);
}

const MODULE_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A module's id: nine characters of 6 bits, most significant first, and 10 bits of its encoding version. */
export function moduleId(name: string, version: number): bigint {
  if (name.length !== 9) throw new RangeError(`a module type name has 9 characters: ${name}`);
  let id = 0n;
  for (const char of name) id = (id << 6n) | BigInt(MODULE_ALPHABET.indexOf(char));
  return (id << 10n) | BigInt(version);
}

/** Type 7. */
export function moduleValue(name: string, version: number, items: readonly ModuleItem[]): Value {
  const body = Buffer.concat([len(moduleId(name, version)), moduleItems(items)]);
  return { typeByte: 7, type: name, body, elements: null, elementBytes: null, largestElementBytes: null };
}

/** An item of a type 28 array: the tag is taken from the kind. */
export type ArrayItem = { readonly index: number } & (
  | { readonly text: Text; readonly small?: boolean }
  | { readonly integer: bigint }
  | { readonly float: number }
);

/** Type 28. */
export function arrayValue(items: readonly ArrayItem[], insertIndex?: number): Value {
  const parts = items.map((entry) => {
    if ("integer" in entry) return Buffer.concat([len(entry.index), len(1), le(entry.integer, 8)]);
    if ("float" in entry) return Buffer.concat([len(entry.index), len(2), doubleLe(entry.float)]);
    return Buffer.concat([len(entry.index), len(entry.small ? 3 : 0), str(entry.text)]);
  });
  const flag = insertIndex === undefined ? len(0) : Buffer.concat([len(1), len(insertIndex)]);
  const texts = items.map((entry) =>
    "text" in entry ? entry.text : "integer" in entry ? String(entry.integer) : "",
  );
  const made = value(28, "array", Buffer.concat([len(items.length), flag, ...parts]), items.length, texts);
  return items.some((entry) => "float" in entry)
    ? { ...made, elementBytes: null, largestElementBytes: null }
    : made;
}

/** Order of a template's names: by length, then by bytes. */
export function templateOrder(names: readonly Text[]): Buffer[] {
  return names.map(bytesOf).sort((a, b) => a.length - b.length || a.compare(b));
}

/** The names in front of types 29 and 31. */
function templateNames(names: readonly Text[], packed: boolean): Buffer {
  return packed
    ? Buffer.concat([len(0), blob(listpack(names))])
    : Buffer.concat([len(1), len(names.length), strings(names)]);
}

/** Types 29 and 31 carry their names, 30 and 32 refer to a template read before. */
export function hashTemplateValue(
  typeByte: 29 | 30 | 31 | 32,
  id: number,
  pairs: Pairs,
  { packedNames = true }: { readonly packedNames?: boolean } = {},
): Value {
  const names = pairs.map(([name]) => name);
  const values = pairs.map(([, text]) => text);
  const head = typeByte === 29 || typeByte === 31 ? templateNames(names, packedNames) : Buffer.alloc(0);
  const ref = typeByte === 32 ? len(id) : Buffer.alloc(0);
  const tail = typeByte <= 30 ? blob(listpack([id, ...values])) : strings(values);
  return value(typeByte, "hash", Buffer.concat([head, ref, tail]), pairs.length, pairs.flat());
}

/** Type 33. */
export function gcraValue(time: bigint): Value {
  return {
    typeByte: 33,
    type: "gcra",
    body: len(time),
    elements: null,
    elementBytes: null,
    largestElementBytes: null,
  };
}

export interface StreamId {
  readonly ms: number;
  readonly seq: number;
}

const idBytes = ({ ms, seq }: StreamId) => Buffer.concat([be(ms, 8), be(seq, 8)]);
const idLengths = ({ ms, seq }: StreamId) => Buffer.concat([len(ms), len(seq)]);

export interface StreamEntry {
  readonly id: StreamId;
  readonly pairs: Pairs;
  readonly deleted?: boolean;
}

/** A node: its master's id is its first entry's; entries whose fields are the master's are stored without them. */
export type StreamNode = readonly StreamEntry[];

export interface StreamConsumer {
  readonly name: Text;
  readonly seenMs: number;
  readonly activeMs?: number;
  readonly pending: readonly StreamId[];
}

export interface StreamGroup {
  readonly name: Text;
  readonly last: StreamId;
  readonly entriesRead?: number;
  readonly consumers: readonly StreamConsumer[];
  readonly nacked?: readonly StreamId[];
}

export interface StreamPlan {
  readonly nodes: readonly StreamNode[];
  readonly last: StreamId;
  readonly maxDeleted?: StreamId;
  readonly entriesAdded?: number;
  readonly groups: readonly StreamGroup[];
  readonly idempotency?: {
    readonly durationMs: number;
    readonly max: number;
    readonly producers: readonly {
      readonly id: Text;
      readonly items: readonly (readonly [Text, StreamId])[];
    }[];
    readonly added: number;
    readonly duplicates: number;
  };
}

const sameNames = (a: Pairs, b: Pairs) =>
  a.length === b.length && a.every(([name], i) => bytesOf(name).equals(bytesOf(b[i]![0])));

function streamNode(node: StreamNode): Buffer {
  const first = node[0]!;
  const deleted = node.filter((entry) => entry.deleted === true).length;
  const out: Packed[] = [
    node.length - deleted,
    deleted,
    first.pairs.length,
    ...first.pairs.map(([name]) => name),
    0,
  ];
  for (const entry of node) {
    const same = sameNames(entry.pairs, first.pairs);
    out.push((entry.deleted === true ? 1 : 0) | (same ? 2 : 0));
    out.push(entry.id.ms - first.id.ms, entry.id.seq - first.id.seq);
    if (same) out.push(...entry.pairs.map(([, text]) => text), entry.pairs.length + 3);
    else out.push(entry.pairs.length, ...entry.pairs.flat(), entry.pairs.length * 2 + 4);
  }
  return listpack(out);
}

/** Types 15, 19, 21, 26, 27. */
export function streamValue(typeByte: 15 | 19 | 21 | 26 | 27, plan: StreamPlan, { form }: Forms = {}): Value {
  const live = plan.nodes.flat().filter((entry) => entry.deleted !== true);
  const out: Buffer[] = [len(plan.nodes.length)];
  for (const node of plan.nodes) out.push(str(idBytes(node[0]!.id), "raw"), blob(streamNode(node), form));
  out.push(len(live.length), idLengths(plan.last));
  if (typeByte >= 19) {
    out.push(idLengths(live[0]?.id ?? { ms: 0, seq: 0 }), idLengths(plan.maxDeleted ?? { ms: 0, seq: 0 }));
    out.push(len(plan.entriesAdded ?? plan.nodes.flat().length));
  }
  out.push(len(plan.groups.length));
  for (const group of plan.groups) out.push(streamGroup(typeByte, group));
  if (typeByte >= 26) out.push(streamIdempotency(plan.idempotency));
  const texts = live.flatMap((entry) => entry.pairs.flat());
  return value(typeByte, "stream", Buffer.concat(out), live.length, texts);
}

function streamGroup(typeByte: number, group: StreamGroup): Buffer {
  const out: Buffer[] = [str(group.name), idLengths(group.last)];
  if (typeByte >= 19) out.push(len(group.entriesRead ?? 0));
  const pending = group.consumers.flatMap((consumer) => consumer.pending).concat(group.nacked ?? []);
  out.push(len(pending.length));
  for (const id of pending) out.push(idBytes(id), le(1_700_000_000_000, 8), len(1));
  out.push(len(group.consumers.length));
  for (const consumer of group.consumers) {
    out.push(str(consumer.name), le(consumer.seenMs, 8));
    if (typeByte >= 21) out.push(le(consumer.activeMs ?? -1, 8));
    out.push(len(consumer.pending.length), ...consumer.pending.map(idBytes));
  }
  if (typeByte === 27) out.push(len(group.nacked?.length ?? 0), ...(group.nacked ?? []).map(idBytes));
  return Buffer.concat(out);
}

function streamIdempotency(plan: StreamPlan["idempotency"]): Buffer {
  const producers = plan?.producers ?? [];
  const out: Buffer[] = [len(plan?.durationMs ?? 0), len(plan?.max ?? 0), len(producers.length)];
  for (const producer of producers) {
    out.push(str(producer.id), len(producer.items.length));
    for (const [name, id] of producer.items) out.push(str(name), idLengths(id));
  }
  out.push(len(plan?.added ?? 0), len(plan?.duplicates ?? 0));
  return Buffer.concat(out);
}
