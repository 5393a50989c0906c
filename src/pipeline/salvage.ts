import { RdbError } from "../../parsers/errors.ts";
import type { SnapshotFacts } from "../../parsers/splitter.ts";
import type { Damage, LostRange, LostRecords } from "../../workers/protocol.ts";
import type { NameHash } from "../inventory/name-hash.ts";
import { quoted } from "../inventory/utf8.ts";
import { counted } from "../queries/words.ts";
import { withMissingKeys } from "./announced.ts";
import type { ReadSnapshot } from "./read-snapshot.ts";

/** @throws {RdbError} what ended the reading, with what was read before it; with `hashed`, without the name in it */
export function throwDamage({ damage, facts }: ReadSnapshot<unknown>, hashed = false): void {
  if (damage === undefined) return;
  const { code, offset, detail } = damage.error;
  const read =
    facts.keys === 0
      ? "no key stands"
      : `${counted(facts.keys, "key")} ${facts.keys === 1 ? "stands" : "stand"}`;
  throw new RdbError(
    code,
    offset,
    hashed ? "" : detail,
    `${read} before it: analyze --salvage keeps what can be read`,
  );
}

/** What was passed over, as all threads say. */
interface PassedOver {
  readonly gaps: readonly LostRange[];
  readonly readers: readonly { readonly lost: LostRecords }[];
  readonly facts: SnapshotFacts;
}

/**
 * Every byte range that was passed over, in the order of the snapshot: gaps, and records without a readable key. With
 * `hash`, names are hashed.
 */
export function lostRangesOf({ gaps, readers }: PassedOver, hash?: NameHash): LostRange[] {
  const nameless = readers.flatMap(({ lost }) =>
    lost.first.map(({ start, end, error }) => ({
      start,
      end,
      code: error.rdb!.code,
      message: `${error.message}, in the name of a key`,
      offset: error.rdb!.offset,
      recordsAfter: 0,
      db: null,
      keyBefore: null,
      keyAfter: null,
    })),
  );
  const all = [...gaps, ...nameless].sort((a, b) => a.start - b.start);
  return hash === undefined ? all : all.map((range) => hashed(range, hash));
}

/** Messages may name the key before a fault. */
function hashed({ code, offset, keyBefore, keyAfter, ...range }: LostRange, hash: NameHash): LostRange {
  const { message } = new RdbError(code, offset);
  const hide = (name: Uint8Array | null) => name && hash.bytes(name);
  return { ...range, code, offset, message, keyBefore: hide(keyBefore), keyAfter: hide(keyAfter) };
}

/** Lost ranges that warnings name one by one. */
const MAX_TOLD = 20;

/** What the reader of what was salvaged should know, the lost ranges `where` all of them are; nothing when nothing is lost. */
export function salvageWarnings(ranges: readonly LostRange[], read: PassedOver, where = ""): Damage[] {
  if (ranges.length === 0) return [];
  const unlisted = read.readers.reduce((sum, { lost }) => sum + lost.count - lost.first.length, 0);
  const message = `salvaged: ${withMissingKeys(amount(ranges, unlisted), read.facts)}${where}`;
  const guesses = ranges.flatMap(({ end, db }) => (db === null ? [] : [{ offset: end, db }]));
  const { unnumberedKeys: unnumbered = read.facts.keys } = read.facts;
  if (unnumbered > 0) guesses.unshift({ offset: 0, db: 0 });
  return [
    { code: "SALVAGED", offset: ranges[0]!.start, message },
    ...guesses.map(({ offset, db }) => ({
      code: "DATABASE_GUESSED",
      offset,
      message: `the number of the database that begins near byte ${offset} is lost: its keys are taken to be of database ${db}`,
    })),
    ...ranges
      .slice(0, MAX_TOLD)
      .map((range) => ({ code: "LOST", offset: range.start, message: sentence(range) })),
  ];
}

function amount(ranges: readonly LostRange[], unlisted: number): string {
  const bytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  const last = ranges.at(-1)!;
  const isCut = last.code === "UNEXPECTED_EOF" && last.keyAfter === null;
  const inside = isCut ? ranges.length - 1 + unlisted : ranges.length + unlisted;
  const cut = "the snapshot is cut off: nobody knows how much followed";
  const places = `${counted(bytes, "byte")} in ${counted(inside, "place")} could not be read`;
  return [...(isCut ? [cut] : []), ...(inside > 0 ? [places] : [])].join("; ");
}

/** One lost range in a sentence: what, between which keys, and why reading goes on where it does. */
function sentence({ start, end, message, keyBefore, keyAfter, recordsAfter }: LostRange): string {
  const what = start === end ? `whatever followed byte ${start}` : `bytes ${start} to ${end}`;
  const where = `lost: ${what}${between(keyBefore, keyAfter)}`;
  const how =
    recordsAfter === 0 ? "" : `; reading goes on with ${counted(recordsAfter, "whole record")} in a row`;
  return `${where} (${message})${how}`;
}

function between(before: Uint8Array | null, after: Uint8Array | null): string {
  if (before === null) return after === null ? "" : `, before ${quoted(after)}`;
  return after === null ? `, after ${quoted(before)}` : `, between ${quoted(before)} and ${quoted(after)}`;
}
