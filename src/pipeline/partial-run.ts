import fs from "node:fs";
import path from "node:path";
import { UsageError } from "../errors.ts";
import { createInventory } from "../inventory/create.ts";
import { makePartTemplate, readPart } from "../inventory/parts.ts";
import { isLeftover, removeTemp, tempName, track } from "../io/leftovers.ts";
import type { OutputName } from "../io/temp-file.ts";
import { counted } from "../queries/words.ts";

/** What has to be the same for a run to go on with what another one has done: by what it is called. */
export type RunTerms = Readonly<Record<string, unknown>>;

/** A snapshot that was read before. */
export type KnownPart = ReturnType<typeof readPart> & { readonly id: number; readonly file: string };

const TERMS = "run.json";
const PART_NAME = /^part-(\d+)\.sqlite$/;

/**
 * The folder in which an inventory of several snapshots comes into being: a file of key rows, and a part for each snapshot that was
 * read. With `keep` it stands beside the output, as FILE.partial, and outlives the run that is ended, for another one to go on;
 * else it is a temporary one.
 */
export class PartialRun {
  readonly folder: string;
  /** The key rows; in the end, the inventory. */
  readonly rows: string;
  readonly empty: string;
  /** What parts are made of. */
  readonly template: string;
  /** What earlier runs have read. */
  readonly known: readonly KnownPart[];
  private readonly lock = tempName("lock");
  private readonly keep: boolean;

  /**
   * Goes on with what is there, with `resume`, or begins anew.
   * @throws {UsageError} when another run is at work there, or what is there is not to be gone on with
   */
  constructor(output: OutputName, terms: RunTerms, how: { keep: boolean; resume: boolean; force: boolean }) {
    this.keep = how.keep;
    this.folder = how.keep ? keptFolder(output) : path.join(output.folder, tempName("partial"));
    this.rows = path.join(this.folder, "rows");
    this.empty = path.join(this.folder, "empty.sqlite");
    this.template = path.join(this.folder, "template.sqlite");
    const text = JSON.stringify(terms);
    const found = how.keep ? this.look(text, how) : [];
    if (found.length === 0) output.makeBeside(() => this.begin(text));
    this.known = found;
  }

  /** The terms of a run that was ended and kept; undefined: there is none. */
  static termsAt(output: OutputName): RunTerms | undefined {
    const file = path.join(keptFolder(output), TERMS);
    return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as RunTerms) : undefined;
  }

  /** Where the part of a snapshot is. */
  part(id: number): string {
    return path.join(this.folder, `part-${id}.sqlite`);
  }

  /** Of all that were read, in the order of their numbers. */
  get parts(): string[] {
    return partsIn(this.folder).map(({ file }) => file);
  }

  /** How many snapshots have been read. */
  get count(): number {
    return fs.existsSync(this.folder) ? partsIn(this.folder).length : 0;
  }

  /** Leaves the folder for another run, if there is anything in it and it is to be kept. Tells whether. */
  leave(): boolean {
    if (!this.keep || this.count === 0) {
      this.remove();
      return false;
    }
    fs.rmSync(path.join(this.folder, this.lock), { force: true });
    return true;
  }

  remove(): void {
    removeTemp(this.folder);
  }

  /** What is there, locked for this run; nothing, when there is nothing to go on with. */
  private look(terms: string, { resume, force }: { resume: boolean; force: boolean }): KnownPart[] {
    const { folder } = this;
    if (!fs.existsSync(folder)) return [];
    this.refuseOthers();
    const parts = fs.existsSync(this.rows) ? partsIn(folder) : [];
    if (force || parts.length === 0) {
      this.remove();
      return [];
    }
    if (!resume) {
      throw new UsageError(
        `${folder} holds what a run that was ended has read (${counted(parts.length, "snapshot")}): go on with --resume, or begin anew with --force`,
      );
    }
    this.checkTerms(terms);
    fs.writeFileSync(path.join(folder, this.lock), "");
    this.refuseOthers();
    return parts.map(({ id, file }) => ({ id, file, ...readPart(file) }));
  }

  private begin(terms: string): void {
    const made = fs.mkdtempSync(path.join(path.dirname(this.folder), tempName("run")));
    track(made);
    try {
      fs.writeFileSync(path.join(made, this.lock), "");
      fs.writeFileSync(path.join(made, TERMS), terms);
      fs.writeFileSync(path.join(made, path.basename(this.rows)), "");
      const [empty, template] = [this.empty, this.template].map((file) =>
        path.join(made, path.basename(file)),
      );
      createInventory(empty!);
      makePartTemplate(empty!, template!);
      if (!this.keep) track(this.folder);
      fs.renameSync(made, this.folder);
    } finally {
      removeTemp(made);
    }
  }

  /** @throws {UsageError} when another run that is still there writes to the folder */
  private refuseOthers(): void {
    for (const name of fs.readdirSync(this.folder)) {
      if (!name.endsWith("-lock") || name === this.lock) continue;
      if (!isLeftover(name, this.folder)) {
        fs.rmSync(path.join(this.folder, this.lock), { force: true });
        throw new UsageError(`another rdbscope is at work in ${this.folder}: wait until it is done`);
      }
      fs.rmSync(path.join(this.folder, name), { force: true });
    }
  }

  /** @throws {UsageError} when what is there was read in another way */
  private checkTerms(text: string): void {
    const before = JSON.parse(fs.readFileSync(path.join(this.folder, TERMS), "utf8")) as RunTerms;
    const now = JSON.parse(text) as RunTerms;
    const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    const other = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
    if (other.length === 0) return;
    throw new UsageError(
      `${this.folder} is of a run with another ${other.join(" and ")}: go on with the same, or begin anew with --force`,
    );
  }
}

function keptFolder({ path: file }: OutputName): string {
  return `${file}.partial`;
}

function partsIn(folder: string): { readonly id: number; readonly file: string }[] {
  return fs
    .readdirSync(folder)
    .flatMap((name) => {
      const id = PART_NAME.exec(name)?.[1];
      return id === undefined ? [] : [{ id: Number(id), file: path.join(folder, name) }];
    })
    .sort((a, b) => a.id - b.id);
}
