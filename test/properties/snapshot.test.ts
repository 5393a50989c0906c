import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RdbError } from "../../parsers/errors.ts";
import { arbitrarySnapshot, type SnapshotCase, VERSIONS } from "../support/arbitrary-snapshot.ts";
import { type ReadSnapshot, readSnapshot } from "../support/read-snapshot.ts";

const RUNS = Number(process.env.FUZZ_RUNS ?? 60);

/** Stream texts are counted as stored (names of the master once a node), which the writer's facts do not say. */
function comparable(row: ReadSnapshot["rows"][number] | SnapshotCase["rows"][number], exact: boolean) {
  return {
    db: row.db,
    key: row.key.toString("latin1"),
    typeByte: row.typeByte,
    type: row.type,
    elements: row.elements,
    payloadBytes: exact ? row.payloadBytes : null,
    largestElementBytes: exact ? row.largestElementBytes : null,
    expiresAt: row.expiresAt,
    idleSeconds: row.idleSeconds,
    freq: row.freq,
    recordOffset: row.recordOffset,
    serializedBytes: row.serializedBytes,
  };
}

function expectSame(read: ReadSnapshot, snapshot: SnapshotCase): void {
  const exact = snapshot.rows.map((row) => row.type !== "stream" && row.payloadBytes !== null);
  expect(read.rows.map((row) => row.damage).filter((damage) => damage !== null)).toEqual([]);
  expect(read.rows.map((row, i) => comparable(row, exact[i]!))).toEqual(
    snapshot.rows.map((row, i) => comparable(row, exact[i]!)),
  );
  expect(read.checksum).toBe(snapshot.checksum);
}

describe.each(VERSIONS.map(([magic, version]) => ({ magic, version })))(
  "a $magic $version snapshot",
  ({ magic, version }) => {
    const snapshots = arbitrarySnapshot({ versions: [[magic, version]], endings: ["ok", "off", "bad"] });

    it("gives the rows that were written", () => {
      fc.assert(
        fc.property(snapshots, (snapshot) => expectSame(readSnapshot(snapshot.bytes), snapshot)),
        { numRuns: RUNS },
      );
    });
  },
);

describe("any snapshot", () => {
  it("gives the same rows whatever the reads, the window and the chunks", () => {
    const cut = fc.record({
      readSizes: fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 5 }),
      windowBytes: fc.constantFrom(20 * 1024, 32 * 1024, 64 * 1024 + 1),
      chunkBytes: fc.integer({ min: 1, max: 20_000 }),
    });
    fc.assert(
      fc.property(arbitrarySnapshot(), cut, (snapshot, options) =>
        expectSame(readSnapshot(snapshot.bytes, options), snapshot),
      ),
      { numRuns: RUNS * 3 },
    );
  });

  it("read byte by byte gives the same rows", () => {
    const tiny = { readSizes: [1], windowBytes: 20 * 1024, chunkBytes: 1 };
    fc.assert(
      fc.property(arbitrarySnapshot({ maxSteps: 5 }), (snapshot) =>
        expectSame(readSnapshot(snapshot.bytes, tiny), snapshot),
      ),
      { numRuns: RUNS },
    );
  });

  it("has records and framing that add up to the file", () => {
    fc.assert(
      fc.property(arbitrarySnapshot(), (snapshot) => {
        const { rows, facts } = readSnapshot(snapshot.bytes);
        let end = 9;
        for (const row of rows) {
          expect(row.recordOffset).toBeGreaterThanOrEqual(end);
          end = row.recordOffset + row.serializedBytes;
        }
        expect(end).toBeLessThan(facts.checkedBytes);
        expect(facts.checkedBytes + (facts.checksum === undefined ? 0 : 8) + facts.trailingBytes).toBe(
          snapshot.bytes.length,
        );
        expect(facts.keys).toBe(snapshot.rows.length);
      }),
      { numRuns: RUNS },
    );
  });

  it("with a changed byte gives rows or an RdbError, in bounded time", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(arbitrarySnapshot(), changes, (snapshot, list) => {
        const bytes = Buffer.from(snapshot.bytes);
        for (const [at, flip] of list) bytes[at % bytes.length]! ^= flip;
        expectRowsOrError(bytes);
      }),
      { numRuns: RUNS * 20 },
    );
  });

  it("cut short gives an RdbError, unless only the end of a version without checksum is gone", () => {
    fc.assert(
      fc.property(arbitrarySnapshot(), fc.nat(), (snapshot, n) => {
        const bytes = snapshot.bytes.subarray(0, n % snapshot.bytes.length);
        const error = expectRowsOrError(bytes);
        expect(error).toBeInstanceOf(RdbError);
      }),
      { numRuns: RUNS * 5 },
    );
  });

  it("that is no snapshot at all gives an RdbError", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom("", "REDIS0011", "VALKEY080", "REDIS0015"),
        (tail, head) => {
          expectRowsOrError(Buffer.concat([Buffer.from(head), tail]));
        },
      ),
      { numRuns: RUNS * 20 },
    );
  });
});

function expectRowsOrError(bytes: Uint8Array): unknown {
  const started = performance.now();
  try {
    readSnapshot(bytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof RdbError)) throw error;
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.offset).toBeLessThanOrEqual(bytes.length);
    return error;
  } finally {
    expect(performance.now() - started).toBeLessThan(2000);
  }
}
