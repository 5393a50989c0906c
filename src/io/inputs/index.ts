import fs from "node:fs";
import { RdbError } from "../../../parsers/errors.ts";
import { IoError, reasonOf, UsageError } from "../../errors.ts";
import { changed } from "../file-source.ts";
import { findManifest, readManifest } from "./aof-manifest.ts";
import { ByteReader } from "./byte-reader.ts";
import { HEAD_BYTES, isBare, isUnwrapped, unsupportedOf, wrappingOf } from "./forms.ts";
import { SpoolFolder } from "./spool.ts";
import { isStandardInput, readPieces } from "./streams.ts";
import { type Unpacking, unpack } from "./unpack.ts";
import { uint32 } from "./words.ts";

/** How inputs that are no bare files are read. */
export interface InputOptions {
  /** Folder for what is unpacked; default: the system's folder for temporary files. */
  readonly tempDir?: string | undefined;
  /** Most bytes that a compressed input may become; default: 250 times its own, and 1 GiB. */
  readonly maxExpanded?: number | undefined;
  /** Take what can be unpacked of a damaged input, and what does not begin as a snapshot does. */
  readonly salvage?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is worth telling about an input. */
export interface InputNote {
  readonly code: string;
  readonly message: string;
}

/** An input as a file that can be read at any offset. */
export interface Input {
  /** As it was given. */
  readonly name: string;
  /** The bare snapshot. */
  readonly file: string;
  /** Of what was given; 0 when that did not say. */
  readonly bytes: number;
  /** What it was wrapped in, outermost first. */
  readonly layers: readonly string[];
  /** Milliseconds since the epoch; of what was given, not of what it was unpacked to. */
  readonly modifiedAt: number;
  readonly notes: readonly InputNote[];
  /** `file` is a temporary one. */
  readonly isSpooled: boolean;
  /** What is wrong with what it was wrapped in: the rest of it is missing. */
  readonly damage: RdbError | undefined;
}

/** What an input is, as far as that is known without reading from it. */
interface Kind {
  /** The file to read. */
  readonly file: string;
  readonly layers: readonly string[];
  readonly notes: readonly InputNote[];
  /** undefined for what cannot seek. */
  readonly stat: fs.Stats | undefined;
  readonly head: Uint8Array;
}

/** Opens inputs, and removes what it unpacked. */
export class Inputs {
  private readonly options: InputOptions;
  private readonly spool: SpoolFolder;

  constructor(options: InputOptions) {
    this.options = options;
    this.spool = new SpoolFolder(options.tempDir);
  }

  /**
   * Makes a file of an input, whatever it is: one that can seek and is a bare snapshot stays where it is.
   * `onRead` is told how many bytes of it were read, and of how many (0 when nobody knows).
   * @throws {RdbError} when it is none, or damaged. @throws {IoError} when it cannot be read or unpacked
   */
  async open(name: string, onRead: (bytes: number, total: number) => void = () => {}): Promise<Input> {
    const { file, layers, notes, stat, head } = kindOf(name);
    const modifiedAt = Math.floor(stat?.mtimeMs ?? Date.now());
    const given = { name, bytes: stat?.size ?? 0, modifiedAt, notes };
    if (stat !== undefined && isUnwrapped(head)) {
      return { ...given, file, layers, isSpooled: false, damage: undefined };
    }
    const { signal, maxExpanded, salvage = false } = this.options;
    const pieces = async function* () {
      for await (const piece of readPieces(file, signal)) {
        yield piece;
        onRead(reader.offset, given.bytes);
      }
    };
    const reader = new ByteReader(pieces());
    const unpacking: Unpacking = { name, reader, maxExpanded, layers: [], salvage };
    let damage: RdbError | undefined;
    const untilDamage = async function* () {
      try {
        yield* unpack(unpacking);
      } catch (error) {
        if (!salvage || !(error instanceof RdbError) || error.code !== "BAD_COMPRESSION") throw error;
        damage = error;
      }
    };
    const least = stat === undefined ? 0 : expected(file, stat, head);
    const path = await this.spool.write(name, untilDamage(), least).catch((error) => {
      throw error instanceof RdbError && stat !== undefined && !isSame(stat, file) ? changed(file) : error;
    });
    if (damage !== undefined && stat !== undefined && !isSame(stat, file)) throw changed(file);
    return { ...given, file: path, layers: [...layers, ...unpacking.layers], isSpooled: true, damage };
  }

  /** Removes what was unpacked of one input. */
  release(input: Input): void {
    if (input.isSpooled) this.spool.remove(input.file);
  }

  /** Removes whatever is left. */
  close(): void {
    this.spool.close();
  }
}

/**
 * Looks at an input without reading what cannot be read twice, and tells its bytes (0 when it does not say).
 * @throws as `Inputs.open` does for what can be seen from outside
 */
export function inspectInput(name: string): number {
  return kindOf(name).stat?.size ?? 0;
}

/** The file that an input is read from, as it is given; undefined for what cannot be read twice. */
export function fileOfInput(name: string): string | undefined {
  const { file, stat } = kindOf(name);
  return stat === undefined ? undefined : file;
}

/** Whether a file begins as a snapshot does. @throws {IoError} when it cannot be read */
export function isSnapshotFile(file: string): boolean {
  return isBare(headOf(file));
}

function kindOf(name: string): Kind {
  const none = { layers: [], notes: [], stat: undefined, head: new Uint8Array(0) };
  if (isStandardInput(name)) return { file: name, ...none };
  const stat = statOf(name);
  if (stat.isDirectory()) return ofManifest(findManifest(name));
  if (stat.isFIFO() || stat.isCharacterDevice()) return { file: name, ...none };
  if (!stat.isFile()) throw new IoError(`cannot open ${name}: not a file, a pipe or a directory of an AOF`);
  if (name.endsWith(".manifest")) return ofManifest(name);
  return ofFile(name, stat);
}

/** @throws {RdbError} when the file is no snapshot, as far as its head tells */
function ofFile(file: string, stat: fs.Stats): Kind {
  const head = headOf(file);
  const what = unsupportedOf(head);
  if (what !== undefined) throw new RdbError("UNSUPPORTED_INPUT", 0, what);
  return { file, layers: [], notes: [], stat, head };
}

function ofManifest(manifest: string): Kind {
  const { base, unread } = readManifest(manifest);
  const stat = statOf(base);
  if (!stat.isFile()) throw new UsageError(`${base} is no file`);
  const bytes = unread.reduce((sum, part) => sum + part.bytes, 0);
  const names = unread.map((part) => part.name).join(", ");
  const message = `of the AOF only its base is read: ${bytes} bytes of commands in ${names} are not, and what they changed is shown as it was before`;
  const notes = bytes === 0 ? [] : [{ code: "AOF_NOT_READ", message }];
  return { ...ofFile(base, stat), layers: ["aof"], notes };
}

function statOf(name: string): fs.Stats {
  try {
    return fs.statSync(name);
  } catch (cause) {
    throw new IoError(`cannot open ${name}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** Whether nobody wrote to a file since, nor put another in its place. */
function isSame({ ino, size, mtimeMs }: fs.Stats, file: string): boolean {
  const now = fs.statSync(file, { throwIfNoEntry: false });
  return now?.ino === ino && now.size === size && now.mtimeMs === mtimeMs;
}

function headOf(file: string): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES);
  return head.subarray(0, readAt(file, head, 0));
}

/** How many bytes a compressed file becomes at least. gzip's own word is modulo 2^32, and of its last member. */
function expected(file: string, { size }: fs.Stats, head: Uint8Array): number {
  const wrapping = wrappingOf(head);
  if (wrapping?.name !== "gzip") return wrapping?.contentBytes?.(head) ?? 0;
  const last = Buffer.alloc(4);
  return readAt(file, last, Math.max(0, size - 4)) === 4 ? uint32(last, 0) : 0;
}

function readAt(file: string, target: Buffer, position: number): number {
  try {
    const fd = fs.openSync(file, "r");
    try {
      return fs.readSync(fd, target, 0, target.length, position);
    } finally {
      fs.closeSync(fd);
    }
  } catch (cause) {
    throw new IoError(`cannot read ${file}: ${reasonOf(cause)}`, { cause });
  }
}
