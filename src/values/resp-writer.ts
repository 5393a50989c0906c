import type { Output } from "./output.ts";
import { Slot } from "./slot.ts";

/** Elements and bytes that one command takes at most. */
const MAX_ELEMENTS = 64;
const MAX_BYTES = 2 ** 20;

/** What stands as one argument of a command. */
export type Argument = string | Slot;

/** Writes commands as servers read them: `*arguments`, then `$bytes` and the bytes of each. */
export class RespWriter {
  readonly out: Output;
  /** Arguments that are gathered for the command that `begin` named. */
  private readonly batch = new Slot();
  private start: readonly Argument[] = [];
  private gathered = 0;
  private elements = 0;

  constructor(out: Output) {
    this.out = out;
  }

  command(args: readonly Argument[]): void {
    this.out.text(`*${args.length}\r\n`);
    for (const arg of args) this.argument(arg);
  }

  argument(arg: Argument): void {
    if (typeof arg === "string") this.out.text(`$${Buffer.byteLength(arg)}\r\n${arg}\r\n`);
    else this.bulk(arg.bytes, 0, arg.length);
  }

  bulk(bytes: Uint8Array, start: number, end: number): void {
    this.out.text(`$${end - start}\r\n`);
    this.out.bytes(bytes, start, end);
    this.out.text("\r\n");
  }

  /** Begins commands that start with these arguments. */
  begin(start: readonly Argument[]): void {
    this.start = start;
    this.drop();
  }

  /** Adds an argument to the command begun. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const { batch } = this;
    batch.addText(`$${end - start}\r\n`);
    batch.add(bytes, start, end - start);
    batch.addText("\r\n");
    this.gathered++;
  }

  addSlot({ bytes, length }: Slot): void {
    this.add(bytes, 0, length);
  }

  /** Ends an element of one or more arguments; true when the command is large enough to be written. */
  endElement(): boolean {
    this.elements++;
    return this.elements >= MAX_ELEMENTS || this.batch.length >= MAX_BYTES;
  }

  /** Writes what was gathered as one command, if anything was. */
  flush(): void {
    if (this.gathered === 0) return;
    this.out.text(`*${this.start.length + this.gathered}\r\n`);
    for (const arg of this.start) this.argument(arg);
    this.out.bytes(this.batch.bytes, 0, this.batch.length);
    this.drop();
  }

  /** Forgets what was gathered. */
  drop(): void {
    this.batch.length = 0;
    this.gathered = 0;
    this.elements = 0;
  }
}
