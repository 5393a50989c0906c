import { RdbError } from "../../parsers/errors.ts";
import { type RdbHeader, readHeader } from "../../parsers/header.ts";
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
}

/** Looks at a snapshot's head and size. @throws {RdbError} BAD_MAGIC when it is none */
export function planOf({ name: path, file, layers, modifiedAt, notes }: Input): Plan {
  const source = new FileSource(file);
  try {
    const header = headerOf(source);
    if (source.size > SNAPSHOT_ID_SHIFT)
      throw new UsageError(`${path} is larger than ${SNAPSHOT_ID_SHIFT} bytes`);
    const input = layers.join("+") || "rdb";
    return {
      path,
      file,
      identity: source.identity,
      input,
      notes,
      header,
      bytes: source.size,
      modifiedAt,
      fingerprint: fingerprint(source),
    };
  } finally {
    source.close();
  }
}

/** @throws {RdbError} BAD_MAGIC, UNEXPECTED_EOF */
function headerOf(source: FileSource): RdbHeader {
  if (source.size === 0) throw new RdbError("BAD_MAGIC", 0, "the file is empty");
  return readHeader(source);
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
  const chosen = chooseProfile(server ?? "redis", version ?? "");
  return {
    server,
    version,
    createdAt: fromSnapshot ? ctime * 1000 : plan.modifiedAt,
    createdAtSource: fromSnapshot ? "snapshot" : "file",
    profile: chosen.profile,
    profileExact: chosen.exact,
  };
}
