import { RdbError } from "./errors.ts";
import { HEADER_BYTES, type RdbHeader } from "./header.ts";
import { moduleId, moduleTypeName, readModuleId, skipModuleData } from "./module.ts";
import { OPCODE, opcodesOf, type RdbOpcode, respNumber } from "./opcodes.ts";
import { type SampleCounts, SampleDraw, type SampleSpec } from "./sample.ts";
import { StringReader, skipString, skipStringSeen } from "./strings.ts";
import { addPlace, readTemplateNames, TemplateStore } from "./templates.ts";
import { type RdbType, typesOf } from "./types.ts";
import { type ByteSource, RangeFeed, Window } from "./window.ts";

/** A run of whole records: the half-open byte range `[start, end)`, and what a reader must know to begin there. */
export interface Chunk {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly db: number;
  readonly keys: number;
  /** The bytes of a gap: they hold nothing that can be read. */
  readonly lost?: boolean;
  /** Where whole records stand that are not read, as they are not in the sample: flat, `start, end` of each run of them. */
  readonly skips?: readonly number[];
}

/** A byte range `[start, end)` of whole records that is passed over, because it is damaged. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
  /** The database of what follows, where its number seems to be lost with these bytes. */
  readonly db?: number;
}

/** Is shown names of keys. */
export interface NameWatcher {
  /** Whether names of a database are to be shown: they need not be, otherwise. */
  wants(db: number): boolean;
  /** Sees a name, `bytes[start, end)`, that stands at `offset`; the name before it stands at `before`, -1: there is none. */
  see(bytes: Uint8Array, start: number, end: number, db: number, offset: number, before: number): void;
}

export interface SplitterOptions {
  readonly windowBytes: number;
  readonly chunkBytes: number;
  /** Where the first record begins; default: behind the header. */
  readonly start?: number;
  /** Passed over, in order; the last may reach to the end of the file. */
  readonly gaps?: readonly ByteRange[];
  /** Shown names of keys, most of them: those that can be seen without further ado. */
  readonly names?: NameWatcher | undefined;
  /** Which records are read; default: all. */
  readonly sample?: SampleSpec | undefined;
  /** Holds the hash templates found; another splitter may have begun it. */
  readonly templates?: TemplateStore;
}

/** A function library: its record, and what its code says of it. */
export interface FunctionFacts {
  readonly name: string;
  readonly engine: string;
  readonly offset: number;
  readonly bytes: number;
  /** The code, uncompressed, its first line too. */
  readonly codeBytes: number;
  /** Bytes of the names under which the code's beginning seems to register functions. */
  readonly functionNameBytes: readonly number[];
}

/** What the splitter learns of a snapshot besides its keys. Complete once `next` returned undefined. */
export interface SnapshotFacts {
  readonly aux: Map<string, string>;
  readonly databases: Map<number, { keys: number; expires: number }>;
  readonly functions: FunctionFacts[];
  readonly modules: { name: string; offset: number; bytes: number }[];
  /** How many more of these there are than are kept. */
  readonly unlisted: { aux: number; databases: number; functions: number; modules: number };
  /** Keys that Valkey's forkless save changed after it had written them; the first names, and how many in all. */
  readonly updates: { count: number; keys: string[] };
  /** Every hash template, flat, in file order: `TemplatePlaces`. */
  readonly templates: number[];
  slotImports: number;
  keys: number;
  /** Keys before the first SELECTDB: none, unless it is lost. */
  unnumberedKeys: number | undefined;
  /** Offset behind the EOF opcode: the checksum covers everything before. */
  checkedBytes: number;
  /** The checksum as written (two int32), or undefined when the version has none. */
  checksum: { high: number; low: number } | undefined;
  /** Bytes behind the end of the snapshot. */
  trailingBytes: number;
  /** Undefined where every record is read. */
  sample: SampleCounts | undefined;
}

/** What is known of a snapshot before it is read. */
export function noFacts(): SnapshotFacts {
  return {
    aux: new Map(),
    databases: new Map(),
    functions: [],
    modules: [],
    unlisted: { aux: 0, databases: 0, functions: 0, modules: 0 },
    updates: { count: 0, keys: [] },
    templates: [],
    slotImports: 0,
    keys: 0,
    unnumberedKeys: undefined,
    checkedBytes: 0,
    checksum: undefined,
    trailingBytes: 0,
    sample: undefined,
  };
}

/** A time with its opcode, a type, a name of up to 63 bytes with its length, and the length of a value. */
const PLAIN_HEAD_BYTES = 9 + 1 + 64 + 2;
const MAX_NAMED = 20;
/** Longer names are not shown. */
const MAX_SEEN_BYTES = 512;
/** Bytes of a function library's code that are looked at. */
const CODE_LIMIT = 2 ** 17;
/** `redis.register_function("name"` and `server.register_function{function_name = 'name'`. */
const REGISTRATION = /register_function\s{0,9}[({]\s{0,99}(?:function_name\s{0,9}=\s{0,9})?["'](\w+)["']/g;
/** So many of each kind are kept: no server has as many, and a few bytes can claim one. */
const MAX_LISTED = { aux: 256, databases: 65_536, functions: 10_000, modules: 10_000 } as const;
/** Names that are kept of all libraries, and characters of each library's own. */
const MAX_FUNCTION_NAMES = 100_000;
const MAX_NAME_LENGTH = 256;

/**
 * Finds the boundaries of records, and nothing else of them: values are stepped over, so that one thread is ahead
 * of many that walk them. Opcodes that belong to no key are read here.
 */
export class Splitter {
  readonly facts = noFacts();
  protected readonly w: Window;
  private readonly strings: StringReader;
  protected readonly source: ByteSource;
  protected readonly header: RdbHeader;
  private readonly types: readonly (RdbType | undefined)[];
  private readonly opcodes: readonly (RdbOpcode | undefined)[];
  /** By type byte: 1 where the value is one string. */
  private readonly isString: Uint8Array;
  private readonly chunkBytes: number;
  private readonly templates: TemplateStore;
  private readonly names: NameWatcher | undefined;
  private readonly draw: SampleDraw | undefined;
  /** Where the name stands that is being shown. */
  private nameAt = 0;
  private readonly see = (bytes: Uint8Array, start: number, end: number): void =>
    this.names!.see(bytes, start, end, this.db, this.nameAt, this.lastKeyAt);
  protected db = 0;
  private index = 0;
  /** Where the last name stands that was stepped over; -1 before any. */
  lastKeyAt = -1;
  private functionNamesKept = 0;
  private ended = false;
  private held: Omit<Chunk, "index"> | undefined;
  /** What ends the reading behind the chunk that was given last. */
  private failure: unknown;
  private readonly gaps: readonly ByteRange[];
  private gapsPassed = 0;
  /** Where the next gap begins. */
  private gapAt: number;

  constructor(source: ByteSource, header: RdbHeader, options: SplitterOptions) {
    const { start = HEADER_BYTES, gaps = [], templates = new TemplateStore() } = options;
    this.source = source;
    this.header = header;
    this.types = typesOf(header.family);
    this.opcodes = opcodesOf(header.family);
    this.isString = Uint8Array.from({ length: 256 }, (_, code) =>
      Number(this.types[code]?.skip === skipString),
    );
    this.chunkBytes = options.chunkBytes;
    this.w = new Window(options.windowBytes);
    this.w.reset(new RangeFeed(source, start, source.size), start);
    this.strings = new StringReader(this.w);
    this.templates = templates;
    this.names = options.names;
    this.draw = options.sample === undefined ? undefined : new SampleDraw(source, options.sample);
    this.facts.sample = this.draw?.counts;
    this.gaps = gaps;
    this.gapAt = gaps[0]?.start ?? Number.POSITIVE_INFINITY;
  }

  /**
   * The next chunk, or undefined behind the last. Whole records before damage are a chunk like any other.
   * @throws {RdbError} at the first byte that makes no sense
   */
  next(): Chunk | undefined {
    if (this.held !== undefined) {
      const chunk = { index: this.index++, ...this.held };
      this.held = undefined;
      return chunk;
    }
    if (this.failure !== undefined) throw this.failure;
    if (this.ended) return undefined;
    return this.w.offset() === this.gapAt ? this.passGap() : this.collect();
  }

  /** Offset up to which the snapshot was understood. */
  offset(): number {
    return this.w.offset();
  }

  private collect(): Chunk {
    const { w, facts, chunkBytes } = this;
    const start = w.offset();
    const db = this.db;
    const keysBefore = facts.keys;
    const skips: number[] = [];
    const chunk = (end: number, keys: number): Chunk => ({
      index: this.index++,
      start,
      end,
      db,
      keys,
      ...(skips.length > 0 && { skips }),
    });
    let at = start;
    try {
      while (at - start < chunkBytes) {
        const dbBefore = this.db;
        const keys = facts.keys;
        this.step(Math.min(start + chunkBytes, this.gapAt));
        const end = w.offset();
        const isSkipped = this.draw !== undefined && facts.keys > keys && !this.draw.takes(end - at);
        if (end - at > chunkBytes && at > start && !this.ended) {
          // A record larger than a chunk is a chunk of its own, so that it holds nobody up.
          const own = isSkipped ? { skips: [at, end] } : {};
          this.held = { start: at, end, db: dbBefore, keys: facts.keys - keys, ...own };
          return chunk(at, keys - keysBefore);
        }
        if (isSkipped) addRun(skips, at, end);
        at = end;
        if (this.ended) this.readEnd();
        if (this.ended || at === this.gapAt) break;
      }
    } catch (error) {
      if (at === start) throw error;
      this.failure = error;
    }
    return chunk(at, facts.keys - keysBefore);
  }

  protected passGap(): Chunk {
    const { start, end, db = this.db } = this.gaps[this.gapsPassed++]!;
    this.gapAt = this.gaps[this.gapsPassed]?.start ?? Number.POSITIVE_INFINITY;
    this.w.moveTo(end);
    this.db = db;
    this.ended = end === this.source.size;
    return { index: this.index++, start, end, db: this.db, keys: 0, lost: true };
  }

  /** Steps over what comes next: plain records that begin before an offset, as many as stand whole in the window, or else `record`. */
  protected step(before: number): void {
    const isWatched = this.draw !== undefined || this.names?.wants(this.db) === true;
    if (isWatched || !this.plainRecords(before)) this.record();
  }

  /**
   * Steps over records of a short name and a value that is one short string, with at most a time in front: most of what there
   * is. False when not one of them comes next.
   */
  private plainRecords(before: number): boolean {
    const { w, isString, facts } = this;
    const { bytes, pos: start, limit } = w;
    const offset = w.offset();
    const until = Math.min(limit - PLAIN_HEAD_BYTES, start + (before - offset));
    let at = start;
    while (at < until) {
      let p = at;
      if (bytes[p] === OPCODE.expireMs) p += 9;
      if (isString[bytes[p]!] === 0) break;
      const nameAt = p + 1;
      const name = bytes[nameAt]!;
      if (name >= 0x40) break;
      p = nameAt + 1 + name;
      const value = bytes[p]!;
      if (value < 0x40) p += 1 + value;
      else if (value < 0x80) p += 2 + (((value & 0x3f) << 8) | bytes[p + 1]!);
      else break;
      if (p > limit) break;
      at = p;
      facts.keys++;
      this.lastKeyAt = offset + nameAt - start;
    }
    w.pos = at;
    return at > start;
  }

  /** Steps over one record with the opcodes before it, or over one opcode that belongs to no key. */
  protected record(): void {
    const w = this.w;
    for (let isBegun = false; ; isBegun = true) {
      const code = w.byte();
      const type = this.types[code];
      if (type !== undefined) {
        const nameAt = w.offset();
        if (this.names === undefined) skipString(w);
        else {
          this.nameAt = nameAt;
          skipStringSeen(w, MAX_SEEN_BYTES, this.see);
        }
        this.lastKeyAt = nameAt;
        this.draw?.seeName(w, nameAt, this.db);
        type.skip(w, this.templates);
        this.facts.keys++;
        return;
      }
      const opcode = this.opcodes[code];
      if (opcode === undefined) this.throwUnknown(code);
      else if (opcode.ofKey === true) opcode.skip(w);
      else {
        if (isBegun) throwMisplaced(opcode, w.offset() - 1);
        this.act(opcode);
        return;
      }
    }
  }

  private act(opcode: RdbOpcode): void {
    const { w, facts } = this;
    const at = w.offset() - 1;
    const read = READERS[opcode.name];
    if (read === undefined) opcode.skip(w);
    else read(this, at);
    if (opcode.code === OPCODE.eof) facts.checkedBytes = w.offset();
  }

  /** What each opcode that belongs to no key tells. */
  static readonly readers: Readonly<Record<string, (s: Splitter, at: number) => void>> = {
    EOF(s) {
      s.ended = true;
    },
    SELECTDB(s) {
      s.facts.unnumberedKeys ??= s.facts.keys;
      s.db = s.w.count();
    },
    AUX(s) {
      const name = s.strings.text(64);
      const value = s.strings.text();
      if (s.facts.aux.has(name) || s.isListed("aux", s.facts.aux.size)) s.facts.aux.set(name, value);
    },
    RESIZEDB(s) {
      const said = { keys: s.w.count(), expires: s.w.count() };
      const { databases } = s.facts;
      if (databases.has(s.db) || s.isListed("databases", databases.size)) databases.set(s.db, said);
    },
    FUNCTION2(s, at) {
      const code = s.strings.text(Math.min(CODE_LIMIT, s.w.bytes.length >> 1));
      const [, engine = "", name = ""] = /^#!(\S+)\s+name=(\S+)/.exec(code) ?? [];
      const { blobBytes: codeBytes } = s.strings;
      const functionNameBytes = s.functionNames(code);
      s.addFunction({ name, engine, offset: at, bytes: s.w.offset() - at, codeBytes, functionNameBytes });
    },
    FUNCTION_PRE_GA(s, at) {
      const name = s.strings.text();
      const engine = s.strings.text();
      if (s.w.count() !== 0) skipString(s.w);
      s.strings.text(0);
      const { blobBytes: codeBytes } = s.strings;
      s.addFunction({ name, engine, offset: at, bytes: s.w.offset() - at, codeBytes, functionNameBytes: [] });
    },
    MODULE_AUX(s, at) {
      readModuleId(s.w);
      const name = moduleTypeName(moduleId.high, moduleId.low);
      skipModuleData(s.w);
      const { modules } = s.facts;
      if (s.isListed("modules", modules.length)) modules.push({ name, offset: at, bytes: s.w.offset() - at });
    },
    SLOT_IMPORT(s) {
      s.facts.slotImports++;
      s.opcodes[OPCODE.slotImport]!.skip(s.w);
    },
    HASH_TEMPLATE(s, at) {
      const id = s.w.count();
      const { templates } = s.facts;
      const before = templates.length;
      addPlace(templates, id, at, readTemplateNames(s.w, s.w.count(), at));
      s.templates.add(templates, before);
    },
    UPDATE(s) {
      s.readUpdate();
    },
  };

  /** Whether another one is kept; one that is not is counted. */
  private isListed(what: keyof typeof MAX_LISTED, listed: number): boolean {
    if (listed < MAX_LISTED[what]) return true;
    this.facts.unlisted[what]++;
    return false;
  }

  private addFunction(one: FunctionFacts): void {
    const { functions } = this.facts;
    if (!this.isListed("functions", functions.length)) return;
    functions.push({ ...one, name: copyOf(one.name), engine: copyOf(one.engine) });
  }

  /** Bytes of the names of the functions that a library's code seems to register. */
  private functionNames(code: string): number[] {
    const lengths: number[] = [];
    for (const [, called] of code.matchAll(REGISTRATION)) {
      if (this.functionNamesKept === MAX_FUNCTION_NAMES) break;
      this.functionNamesKept++;
      lengths.push(called!.length);
    }
    return lengths;
  }

  private readUpdate(): void {
    const { w, facts } = this;
    facts.updates.count++;
    const args = respNumber(w, 0x2a);
    for (let i = 0; i < args; i++) {
      const bytes = respNumber(w, 0x24);
      if (i === 1 && facts.updates.keys.length < MAX_NAMED) {
        const shown = Math.min(bytes, 256);
        w.require(shown);
        facts.updates.keys.push(new TextDecoder().decode(w.bytes.subarray(w.pos, w.pos + shown)));
      }
      w.skip(bytes + 2);
    }
  }

  private readEnd(): void {
    const { w, facts, header } = this;
    this.draw?.end();
    if (header.hasChecksum) {
      const low = w.int32le();
      facts.checksum = { high: w.int32le(), low };
    }
    facts.trailingBytes = this.source.size - w.offset();
  }

  private throwUnknown(code: number): never {
    const family = this.header.family;
    const key = this.lastKey() ?? "";
    const before = this.lastKeyAt < 0 ? "before any key" : `after the key ${JSON.stringify(key)}`;
    const where = `${code} in ${family} RDB version ${this.header.version}, ${before}`;
    if (code === 6)
      throw new RdbError("UNSUPPORTED_TYPE", this.w.offset() - 1, `MODULE_PRE_GA, type ${where}`);
    throw new RdbError(code < 64 ? "UNKNOWN_TYPE" : "UNKNOWN_OPCODE", this.w.offset() - 1, where);
  }

  /** The last name that was stepped over; undefined before any, and when it is damaged itself. */
  private lastKey(): string | undefined {
    if (this.lastKeyAt < 0) return undefined;
    const w = new Window(64 * 1024);
    w.reset(new RangeFeed(this.source, this.lastKeyAt, this.source.size), this.lastKeyAt);
    try {
      return new StringReader(w).text(80);
    } catch (error) {
      if (error instanceof RdbError) return undefined;
      throw error;
    }
  }
}

/** Adds `[start, end)` to runs, `start, end` of each: to the last one if that ends where this begins. */
function addRun(runs: number[], start: number, end: number): void {
  if (runs.at(-1) === start) runs[runs.length - 1] = end;
  else runs.push(start, end);
}

/** What belongs to a key has to be followed by it. */
export function throwMisplaced({ name }: RdbOpcode, offset: number): never {
  throw new RdbError("UNKNOWN_OPCODE", offset, `${name} between the opcodes of a key and the key`);
}

/** The beginning of a name, as a string of its own: a piece of a match would keep the whole text. */
function copyOf(name: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(name.slice(0, MAX_NAME_LENGTH)));
}

const READERS = Splitter.readers;
