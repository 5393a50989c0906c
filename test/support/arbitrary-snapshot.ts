import fc from "fast-check";
import type { StringForm } from "./rdb-primitives.ts";
import type { ModuleItem, Pairs, StreamEntry, StreamPlan, Value } from "./rdb-values.ts";
import * as values from "./rdb-values.ts";
import { type Ending, type ExpectedRow, type KeyOptions, type Magic, RdbWriter } from "./rdb-writer.ts";

/** A snapshot and what an inventory of it must hold. */
export interface SnapshotCase {
  readonly magic: Magic;
  readonly version: number;
  readonly bytes: Buffer;
  readonly checksum: "ok" | "absent" | "mismatch";
  readonly rows: readonly ExpectedRow[];
}

/** Text of every kind that an encoder treats in a way of its own: short, integer-like, at a width's edge, compressible, binary. */
export const textArbitrary: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 12 }).map((s) => Buffer.from(s)) },
  {
    weight: 3,
    arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => Buffer.from(String(n))),
  },
  { weight: 3, arbitrary: fc.integer({ min: -40_000, max: 40_000 }).map((n) => Buffer.from(String(n))) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(63, 64, 253, 254, 255, 300, 4095, 4096).map((n) => Buffer.alloc(n, "abcdefg")),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(8192, 16_377, 16_378, 16_384).map((n) => Buffer.alloc(n, "lorem ipsum ")),
  },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 80 }).map((b) => Buffer.from(b)) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("", "01", "-0", "+1", "9223372036854775808", "é", "\0")
      .map((s) => Buffer.from(s)),
  },
);

const latin = (text: Uint8Array) => Buffer.from(text).toString("latin1");
const form = fc.constantFrom<StringForm>("auto", "raw", "lzf");
const blobForm = fc.constantFrom<StringForm>("raw", "lzf");
const texts = (minLength = 1) => fc.array(textArbitrary, { minLength, maxLength: 8 });
const members = fc.uniqueArray(textArbitrary, { minLength: 1, maxLength: 8, selector: latin });
const score = fc.oneof(
  fc.integer().map(Number),
  fc.double({ noNaN: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
);
const scored = fc.uniqueArray(fc.tuple(textArbitrary, score), {
  minLength: 1,
  maxLength: 8,
  selector: ([m]) => latin(m),
});
const pairs: fc.Arbitrary<Pairs> = fc.uniqueArray(fc.tuple(textArbitrary, textArbitrary), {
  minLength: 1,
  maxLength: 8,
  selector: ([field]) => latin(field),
});
const when = fc.oneof(fc.constant(0), fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 }));
const expiring = fc.uniqueArray(fc.tuple(textArbitrary, textArbitrary, when), {
  minLength: 1,
  maxLength: 8,
  selector: ([field]) => latin(field),
});
const streamId = fc.record({ ms: fc.integer({ min: 1, max: 1000 }), seq: fc.nat(5) });

const moduleItem: fc.Arbitrary<ModuleItem> = fc.oneof(
  fc.record({ sint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
  fc.record({ uint: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ float: fc.float({ noNaN: true }) }),
  fc.record({ double: fc.double({ noNaN: true }) }),
  fc.record({ text: textArbitrary, form }),
);
const moduleName = fc.constantFrom("ReJSON-RL", "vectorset", "MBbloom--", "TSDB-TYPE");

/** Streams whose PELs hold each id once, in one consumer (or, in version 5, none). */
function streamPlan(typeByte: 15 | 19 | 21 | 26 | 27): fc.Arbitrary<StreamPlan> {
  const entry = fc.record({ pairs, deleted: fc.boolean() });
  const nodes = fc.array(fc.array(entry, { minLength: 1, maxLength: 4 }), { maxLength: 3 });
  const same = fc.boolean();
  const pending = fc.uniqueArray(streamId, { maxLength: 6, selector: ({ ms, seq }) => `${ms}-${seq}` });
  const group = fc.record({
    name: textArbitrary,
    last: streamId,
    consumers: fc.nat(3),
    pending,
    entriesRead: fc.nat(99),
  });
  const producer = fc.record({
    id: textArbitrary,
    items: fc.array(fc.tuple(textArbitrary, streamId), { maxLength: 3 }),
  });
  return fc
    .record({
      nodes,
      same,
      groups: fc.array(group, { maxLength: 3 }),
      producers: fc.array(producer, { maxLength: 2 }),
    })
    .map((plan) => {
      let ms = 0;
      const laidOut = plan.nodes.map((node): StreamEntry[] =>
        node.map((made, i) => ({
          id: { ms: ++ms, seq: i },
          pairs: plan.same
            ? node[0]!.pairs.map(([name], n) => [name, made.pairs[n % made.pairs.length]![1]] as const)
            : made.pairs,
          deleted: made.deleted && i > 0,
        })),
      );
      return {
        nodes: laidOut,
        last: { ms, seq: 9 },
        groups: plan.groups.map((g, i) => ({
          name: Buffer.concat([g.name, Buffer.from(`#${i}`)]),
          last: g.last,
          entriesRead: g.entriesRead,
          consumers: Array.from({ length: g.consumers }, (_, c) => ({
            name: `c${c}`,
            seenMs: 1_700_000_000_000,
            activeMs: 1_700_000_000_001,
            pending: g.pending.filter((_id, p) => p % (g.consumers + 1) === c),
          })),
          nacked: typeByte === 27 ? g.pending.filter((_id, p) => p % (g.consumers + 1) === g.consumers) : [],
        })),
        idempotency: { durationMs: 1000, max: 10, producers: plan.producers, added: 3, duplicates: 1 },
      };
    });
}

const stream = (typeByte: 15 | 19 | 21 | 26 | 27) =>
  fc
    .tuple(streamPlan(typeByte), blobForm)
    .map(([plan, f]) => values.streamValue(typeByte, plan, { form: f }));

const arrayItem = fc.oneof(
  fc.record({ text: textArbitrary, small: fc.boolean() }),
  fc.record({ integer: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
  fc.record({ float: fc.double({ noNaN: true }) }),
);

/** One row a value kind: the magics and first version that write it. */
interface Kind {
  readonly name: string;
  readonly redisSince?: number;
  readonly valkey: boolean;
  readonly arbitrary: fc.Arbitrary<Value>;
}

function kind(
  name: string,
  redisSince: number,
  arbitrary: fc.Arbitrary<Value>,
  valkey = redisSince <= 11,
): Kind {
  return { name, redisSince, valkey, arbitrary };
}

/** Every kind of value but type 6, 8 and hash templates (which need a template before them). */
export const VALUE_KINDS: readonly Kind[] = [
  kind(
    "string",
    1,
    fc.tuple(textArbitrary, form).map(([t, f]) => values.stringValue(t, { form: f })),
  ),
  kind(
    "list",
    1,
    fc.tuple(texts(), form).map(([t, f]) => values.listValue(t, { form: f })),
  ),
  kind(
    "set",
    1,
    fc.tuple(members, form).map(([t, f]) => values.setValue(t, { form: f })),
  ),
  kind(
    "zset",
    1,
    fc.tuple(scored, form).map(([t, f]) => values.zsetValue(t, { form: f })),
  ),
  kind(
    "hash",
    1,
    fc.tuple(pairs, form).map(([t, f]) => values.hashValue(t, { form: f })),
  ),
  kind(
    "zset2",
    8,
    fc.tuple(scored, form).map(([t, f]) => values.zset2Value(t, { form: f })),
  ),
  kind(
    "module",
    8,
    fc
      .tuple(moduleName, fc.nat(1023), fc.array(moduleItem, { maxLength: 6 }))
      .map(([n, v, i]) => values.moduleValue(n, v, i)),
  ),
  kind(
    "zipmap",
    2,
    fc.tuple(pairs, blobForm, fc.nat(3)).map(([t, f, free]) => values.zipmapValue(t, { form: f, free })),
  ),
  kind(
    "list ziplist",
    2,
    fc.tuple(texts(), blobForm).map(([t, f]) => values.listZiplistValue(t, { form: f })),
  ),
  kind(
    "intset",
    2,
    fc
      .constantFrom(15n, 31n, 63n)
      .chain((bits) =>
        fc.uniqueArray(fc.bigInt({ min: -(2n ** bits), max: 2n ** bits - 1n }), {
          minLength: 1,
          maxLength: 9,
        }),
      )
      .chain((m) => blobForm.map((f) => values.intsetValue(m, { form: f }))),
  ),
  kind(
    "zset ziplist",
    2,
    fc.tuple(scored, blobForm).map(([t, f]) => values.zsetPackedValue(12, t, { form: f })),
  ),
  kind(
    "hash ziplist",
    4,
    fc.tuple(pairs, blobForm).map(([t, f]) => values.hashPackedValue(13, t, { form: f })),
  ),
  kind(
    "quicklist",
    7,
    fc
      .tuple(fc.array(texts(), { minLength: 1, maxLength: 3 }), blobForm)
      .map(([t, f]) => values.quicklistValue(t, { form: f })),
  ),
  kind("stream 1", 9, stream(15)),
  kind(
    "hash listpack",
    10,
    fc.tuple(pairs, blobForm).map(([t, f]) => values.hashPackedValue(16, t, { form: f })),
  ),
  kind(
    "zset listpack",
    10,
    fc.tuple(scored, blobForm).map(([t, f]) => values.zsetPackedValue(17, t, { form: f })),
  ),
  kind(
    "quicklist 2",
    10,
    fc
      .tuple(
        fc.array(fc.oneof(texts(), fc.record({ plain: textArbitrary.filter((t) => t.length > 0) })), {
          minLength: 1,
          maxLength: 4,
        }),
        blobForm,
      )
      .map(([t, f]) => values.quicklist2Value(t, { form: f })),
  ),
  kind("stream 2", 10, stream(19)),
  kind(
    "set listpack",
    11,
    fc.tuple(members, blobForm).map(([t, f]) => values.setListpackValue(t, { form: f })),
  ),
  kind("stream 3", 11, stream(21)),
  kind(
    "hash metadata rc",
    12,
    fc.tuple(expiring, form).map(([t, f]) => values.hashMetadataPreGaValue(t, { form: f })),
  ),
  kind(
    "hash listpack ex rc",
    12,
    fc.tuple(expiring, blobForm).map(([t, f]) => values.hashListpackExPreGaValue(t, { form: f })),
  ),
  kind(
    "hash metadata",
    12,
    fc.tuple(expiring, form).map(([t, f]) => values.hashMetadataValue(t, { form: f })),
  ),
  kind(
    "hash listpack ex",
    12,
    fc.tuple(expiring, blobForm).map(([t, f]) => values.hashListpackExValue(t, { form: f })),
  ),
  kind("stream 4", 13, stream(26)),
  kind("stream 5", 14, stream(27)),
  kind(
    "array",
    14,
    fc
      .tuple(fc.array(arrayItem, { minLength: 1, maxLength: 6 }), fc.option(fc.nat(99), { nil: undefined }))
      .map(([items, insert]) =>
        values.arrayValue(
          items.map((entry, i) => ({ index: i * 3, ...entry })),
          insert,
        ),
      ),
  ),
  kind(
    "gcra",
    15,
    fc.bigInt({ min: 0n, max: 2n ** 50n }).map((n) => values.gcraValue(n)),
  ),
  {
    name: "valkey hash 2",
    valkey: true,
    arbitrary: fc.tuple(expiring, form).map(([t, f]) => values.valkeyHash2Value(t, { form: f })),
  },
];

/** Kinds a snapshot of this magic and version can hold. */
export function kindsOf(magic: Magic, version: number): readonly Kind[] {
  return VALUE_KINDS.filter((k) =>
    magic === "VALKEY" ? k.valkey : k.redisSince !== undefined && k.redisSince <= version,
  );
}

type Step =
  | { readonly step: "key"; readonly name: Buffer; readonly value: Value; readonly options: KeyOptions }
  | {
      readonly step: "template";
      readonly name: Buffer;
      readonly pairs: Pairs;
      readonly typeByte: 29 | 30 | 31 | 32;
      readonly packedNames: boolean;
    }
  | { readonly step: "frame"; readonly write: (writer: RdbWriter) => unknown };

const frame = (arbitrary: fc.Arbitrary<(writer: RdbWriter) => unknown>): fc.Arbitrary<Step> =>
  arbitrary.map((write) => ({ step: "frame", write }));

/** Opcodes outside records that a snapshot of this magic and version can hold. */
function framesOf(magic: Magic, version: number): fc.Arbitrary<Step>[] {
  const found: fc.Arbitrary<Step>[] = [frame(fc.nat(20).map((db) => (w: RdbWriter) => w.selectDb(db)))];
  const since = (first: number, arbitrary: fc.Arbitrary<(writer: RdbWriter) => unknown>) => {
    if (magic === "VALKEY" || version >= first) found.push(frame(arbitrary));
  };
  since(
    7,
    fc.tuple(textArbitrary, textArbitrary).map(
      ([n, t]) =>
        (w: RdbWriter) =>
          w.aux(n, t),
    ),
  );
  since(
    7,
    fc.tuple(fc.nat(1000), fc.nat(1000)).map(
      ([k, e]) =>
        (w: RdbWriter) =>
          w.resizeDb(k, e),
    ),
  );
  since(
    9,
    fc.tuple(moduleName, fc.constantFrom(1 as const, 2 as const), fc.array(moduleItem, { maxLength: 4 })).map(
      ([n, when2, i]) =>
        (w: RdbWriter) =>
          w.moduleAux(n, 1, when2, i),
    ),
  );
  since(
    10,
    fc.tuple(textArbitrary, form).map(
      ([t, f]) =>
        (w: RdbWriter) =>
          w.function2(t, f),
    ),
  );
  since(
    10,
    fc.tuple(textArbitrary, fc.option(textArbitrary, { nil: undefined })).map(
      ([t, d]) =>
        (w: RdbWriter) =>
          w.functionPreGa("lib", "lua", t, d),
    ),
  );
  since(
    12,
    fc.nat(16_383).map((slot) => (w: RdbWriter) => w.slotInfo(slot, 1, 0)),
  );
  if (magic === "VALKEY") {
    found.push(
      frame(
        fc.nat(100).map(
          (n) => (w: RdbWriter) =>
            w.slotImport("j".repeat(40), [
              [n, n + 5],
              [n + 9, n + 9],
            ]),
        ),
      ),
    );
    if (version >= 81)
      found.push(frame(textArbitrary.map((t) => (w: RdbWriter) => w.update("SET", "updated", t))));
  }
  return found;
}

/** Opcode 253 holds an int32 of seconds. */
const MAX_SECONDS_MS = 2_147_483_647_000;

function keyOptions(magic: Magic, version: number): fc.Arbitrary<KeyOptions> {
  const ms = fc.option(fc.integer({ min: 1_000_000, max: 2 ** 42 }), { nil: undefined });
  const modern = magic === "VALKEY" || version >= 9;
  const meta = magic === "REDIS" && version >= 13;
  return fc
    .record({
      at: ms,
      seconds: fc.boolean(),
      recency: fc.constantFrom("none", "idle", "freq"),
      idle: fc.nat(2 ** 30),
      freq: fc.nat(255),
      meta: fc.option(
        fc.array(fc.record({ spec: fc.nat(2 ** 31), items: fc.array(moduleItem, { maxLength: 3 }) }), {
          minLength: 1,
          maxLength: 2,
        }),
        { nil: undefined },
      ),
      keyForm: form,
    })
    .map((made): KeyOptions => {
      const inSeconds =
        (made.seconds || (magic === "REDIS" && version < 3)) && (made.at ?? 0) < MAX_SECONDS_MS;
      const old = magic === "REDIS" && version < 3;
      const at = made.at === undefined ? undefined : old ? Math.min(made.at, MAX_SECONDS_MS) : made.at;
      const seconds = inSeconds || old;
      return {
        ...(at === undefined
          ? {}
          : { expiresAtMs: seconds ? Math.floor(at / 1000) * 1000 : at, inSeconds: seconds }),
        ...(modern && made.recency === "idle" ? { idleSeconds: made.idle } : {}),
        ...(modern && made.recency === "freq" ? { freq: made.freq } : {}),
        ...(meta && made.meta !== undefined ? { meta: made.meta } : {}),
        keyForm: made.keyForm,
      };
    });
}

function stepOf(magic: Magic, version: number): fc.Arbitrary<Step> {
  const value = fc.oneof(...kindsOf(magic, version).map((k) => k.arbitrary));
  const options: { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
    {
      weight: 8,
      arbitrary: fc
        .record({ name: textArbitrary, value, options: keyOptions(magic, version) })
        .map((made): Step => ({ step: "key", ...made })),
    },
    { weight: 2, arbitrary: fc.oneof(...framesOf(magic, version)) },
  ];
  if (magic === "REDIS" && version >= 15) {
    const typeByte = fc.constantFrom(29 as const, 30 as const, 31 as const, 32 as const);
    const template = fc.record({ name: textArbitrary, pairs, typeByte, packedNames: fc.boolean() });
    options.push({ weight: 2, arbitrary: template.map((made): Step => ({ step: "template", ...made })) });
  }
  return fc.oneof(...options);
}

/** In the order of a template's names, as a server saves the values. */
function inTemplateOrder(list: Pairs): Pairs {
  const order = values.templateOrder(list.map(([name]) => name));
  return order.map((name) => list.find(([other]) => Buffer.from(other).equals(name))!);
}

function build(magic: Magic, version: number, steps: readonly Step[], ending: Ending): SnapshotCase {
  const writer = new RdbWriter(magic, version);
  const seen = new Set<string>();
  let db = -1;
  let templates = 0;
  const put = (name: Buffer, value: Value, options: KeyOptions = {}) => {
    const tag = `${db} ${latin(name)}`;
    if (seen.has(tag)) return;
    seen.add(tag);
    writer.key(name, value, options);
  };
  writer.selectDb(0);
  db = 0;
  for (const step of steps) {
    if (step.step === "key") put(step.name, step.value, step.options);
    else if (step.step === "template") {
      const ordered = inTemplateOrder(step.pairs);
      const id = ++templates;
      writer.hashTemplate(
        id,
        ordered.map(([name]) => name),
      );
      put(step.name, values.hashTemplateValue(step.typeByte, id, ordered, { packedNames: step.packedNames }));
    } else {
      step.write(writer);
      db = writer.db;
    }
  }
  const bytes = writer.end(ending);
  const old = magic === "REDIS" && version < 5;
  return {
    magic,
    version,
    bytes,
    rows: writer.rows,
    checksum: old || ending === "off" ? "absent" : ending === "bad" ? "mismatch" : "ok",
  };
}

/** The magics and versions there are. */
export const VERSIONS: readonly (readonly [Magic, number])[] = [
  ...Array.from({ length: 15 }, (_, i) => ["REDIS", i + 1] as const),
  ["VALKEY", 80],
  ["VALKEY", 81],
];

/** Snapshots of every version (or of the given ones) with up to `maxSteps` keys and opcodes. */
export function arbitrarySnapshot({
  maxSteps = 12,
  versions = VERSIONS,
  endings = ["ok", "ok", "off"],
}: {
  readonly maxSteps?: number;
  readonly versions?: readonly (readonly [Magic, number])[];
  readonly endings?: readonly Ending[];
} = {}): fc.Arbitrary<SnapshotCase> {
  return fc
    .constantFrom(...versions)
    .chain(([magic, version]) =>
      fc
        .tuple(fc.array(stepOf(magic, version), { maxLength: maxSteps }), fc.constantFrom(...endings))
        .map(([steps, ending]) => build(magic, version, steps, ending)),
    );
}

/** One snapshot of every kind of value, deterministic: what a table-driven test wants. */
export function sampleSnapshots(seed = 7): SnapshotCase[] {
  return VERSIONS.map(([magic, version]) => {
    const steps = kindsOf(magic, version).flatMap((k, i) =>
      fc.sample(k.arbitrary, { numRuns: 3, seed: seed + i }).map(
        (value, n): Step => ({
          step: "key",
          name: Buffer.from(`${k.name}:${n}`),
          value,
          options: {},
        }),
      ),
    );
    return build(magic, version, steps, "ok");
  });
}
