import { RdbError } from "../../parsers/errors.ts";
import { HEADER_BYTES, type RdbHeader, readHeader } from "../../parsers/header.ts";
import { guessHeader, noSnapshot } from "../../parsers/salvage/header.ts";
import { UsageError } from "../errors.ts";
import { SNAPSHOT_ID_SHIFT } from "../inventory/schema.ts";
import { FileSource } from "../io/file-source.ts";
import { fingerprint } from "../io/fingerprint.ts";
import type { Input, InputNote } from "../io/inputs/index.ts";
import { chooseProfile, type Profile } from "../memory/index.ts";

/** A snapshot file that is going to be read. */
export interface Plan {
  /** As it was given. */
  readonly path: string;
  /** The bare snapshot: the same file, or what it was unpacked to. */
  readonly file: string;
  /** Which file that is: see `FileSource`. */
  readonly identity: string;
  /** What it was wrapped in, outermost first, as `gzip+vcs`; `rdb` for a bare one. */
  readonly input: string;
  readonly notes: readonly InputNote[];
  readonly header: RdbHeader;
  readonly bytes: number;
  readonly modifiedAt: number;
  readonly fingerprint: string;
  /** Whether it is read although its header or what it was wrapped in is damaged. */
  readonly salvaged: boolean;
}

/** Looks at a snapshot's head and size. @throws {RdbError} BAD_MAGIC when it is none; with `salvage`, when it cannot be one */
export function planOf(
  { name: path, file, layers, modifiedAt, notes, damage }: Input,
  salvage = false,
): Plan {
  const source = new FileSource(file);
  try {
    const header = headerOf(source, salvage);
    if (source.size > SNAPSHOT_ID_SHIFT)
      throw new UsageError(`${path} is larger than ${SNAPSHOT_ID_SHIFT} bytes`);
    const input = layers.join("+") || "rdb";
    return {
      path,
      file,
      identity: source.identity,
      input,
      notes: [...notes, ...salvageNotes(header, damage)],
      header,
      bytes: source.size,
      modifiedAt,
      fingerprint: fingerprint(source),
      salvaged: header.guessed === true || damage !== undefined,
    };
  } finally {
    source.close();
  }
}

/** @throws {RdbError} BAD_MAGIC, UNEXPECTED_EOF */
function headerOf(source: FileSource, salvage: boolean): RdbHeader {
  if (source.size === 0) throw new RdbError("BAD_MAGIC", 0, "the file is empty");
  try {
    return readHeader(source);
  } catch (error) {
    const isLost = salvage && error instanceof RdbError && source.size > HEADER_BYTES;
    if (isLost) return guessHeader(source);
    throw error instanceof RdbError && error.code === "BAD_MAGIC" ? noSnapshot(source, error) : error;
  }
}

function salvageNotes({ guessed, magic }: RdbHeader, damage: RdbError | undefined): InputNote[] {
  const lost = `salvaged: the header of the snapshot is lost, it is read as ${magic}`;
  return [
    ...(guessed === true ? [{ code: "HEADER_LOST", message: lost }] : []),
    ...(damage === undefined
      ? []
      : [
          {
            code: "INPUT_DAMAGED",
            message: `salvaged: of the compressed input only a part is read: ${damage.message}`,
          },
        ]),
  ];
}

/** Which server wrote a snapshot and when, and its profile or the nearest one. */
export interface Origin {
  readonly server: string | null;
  readonly version: string | null;
  readonly createdAt: number;
  readonly createdAtSource: "snapshot" | "file";
  readonly profile: Profile;
  readonly profileExact: boolean;
}

/** Reads the fields at the beginning of a snapshot. */
export function originOf(plan: Plan, aux: ReadonlyMap<string, string>): Origin {
  const valkey = aux.get("valkey-ver");
  const version = valkey ?? aux.get("redis-ver") ?? null;
  const server =
    valkey !== undefined || plan.header.family === "valkey" ? "valkey" : version === null ? null : "redis";
  const ctime = Number(aux.get("ctime"));
  const fromSnapshot = Number.isSafeInteger(ctime) && ctime > 0 && ctime < 1e11;
  const chosen = chooseProfile(
    server ?? "redis",
    version ?? "",
    plan.header.guessed === true ? 0 : plan.header.version,
  );
  return {
    server,
    version,
    createdAt: fromSnapshot ? ctime * 1000 : plan.modifiedAt,
    createdAtSource: fromSnapshot ? "snapshot" : "file",
    profile: chosen.profile,
    profileExact: chosen.exact,
  };
}
