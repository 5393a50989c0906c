import { createInterface, type Interface } from "node:readline";
import { openInventory } from "../../inventory/open.ts";
import { NAMED_QUESTIONS } from "../../queries/named/index.ts";
import { damageNotes } from "../../queries/notes.ts";
import { snapshots } from "../../queries/snapshots.ts";
import { counted } from "../../queries/words.ts";
import type { FormatName } from "../../reports/index.ts";
import { ClosedOutput, EXIT, statusOf } from "../exit-status.ts";
import { interruptible } from "../interrupt.ts";
import { type Cli, layoutOf, note, writeErrors, writeLines } from "../io.ts";
import type { Statement } from "../query-process/protocol.ts";
import { statementOf } from "../statement.ts";
import { DOT_COMMANDS, type PromptState, runDotCommand } from "./commands.ts";
import { complete } from "./completion.ts";
import { History, historyFile } from "./history.ts";
import { firstStatement, onOneLine } from "./split.ts";

const PROMPT = "rdbscope> ";
const CONTINUED = "     ...> ";

/** What a prompt is of. */
export interface PromptOptions {
  readonly path: string;
  /** As messages call the inventory. */
  readonly name: string;
  readonly format: FormatName;
  readonly color: boolean;
  /** Whether statements are kept for the next prompt. */
  readonly history: boolean;
  readonly warn: (message: string) => void;
}

/** Has a statement answered on stdout; an abort kills whoever answers. */
export type AskStatement = (
  statement: Statement,
  format: FormatName,
  signal: AbortSignal,
  onNote: (note: string) => void,
) => Promise<void>;

/**
 * Asks for statements on a terminal, and has each answered, until somebody ends it. What is wrong with one is told in a line.
 * @throws {UsageError} when the file is no inventory, {Interrupted} when the process is asked to end
 */
export async function runPrompt(cli: Cli, options: PromptOptions, ask: AskStatement): Promise<void> {
  const notes = greet(cli, options);
  const history = new History(options.history ? historyFile(cli.env) : undefined, options.warn);
  await interruptible((signal) => new Prompt(cli, options, ask, history, notes).run(signal));
}

/** Says what can be asked; returns the notes that were told. */
function greet(cli: Cli, { path, name, warn }: PromptOptions): Set<string> {
  const inventory = openInventory(path, name);
  try {
    const all = snapshots(inventory);
    const keys = all.reduce((sum, one) => sum + one.keys, 0);
    note(
      cli,
      `${name}: ${counted(keys, "key")} of ${counted(all.length, "snapshot")}; .help tells what can be asked`,
    );
    const notes = new Set(damageNotes(inventory));
    notes.forEach(warn);
    return notes;
  } finally {
    inventory.close();
  }
}

/** Reads lines and runs what they say, one statement after the other. */
class Prompt {
  private readonly cli: Cli;
  private readonly options: PromptOptions;
  private readonly ask: AskStatement;
  private readonly history: History;
  /** Notes that were told: none is repeated with every answer. */
  private readonly told: Set<string>;
  private readonly state: PromptState;
  private readonly lines: string[] = [];
  /** The statement that is being typed. */
  private typed = "";
  private isBusy = false;
  private running: AbortController | undefined;
  private readonly reader: Interface;
  /** The list that the arrow keys go through. */
  private recalled: string[] = [];

  constructor(cli: Cli, options: PromptOptions, ask: AskStatement, history: History, told: Set<string>) {
    this.cli = cli;
    this.options = options;
    this.ask = ask;
    this.history = history;
    this.told = told;
    this.state = { format: options.format, hasQuit: false };
    this.reader = createInterface({
      input: cli.stdin,
      output: cli.stdout,
      terminal: true,
      history: [...history.entries],
      completer: (line: string) => complete(line, this.typed === "", Object.keys(DOT_COMMANDS)),
    });
  }

  /** Until the end of what is typed, or an abort. */
  async run(signal: AbortSignal): Promise<void> {
    const { reader } = this;
    const end = () => {
      this.running?.abort();
      reader.close();
    };
    signal.addEventListener("abort", end, { once: true });
    let failed: unknown;
    await new Promise<void>((resolve) => {
      let isClosed = false;
      const work = async () => {
        if (this.isBusy) return;
        this.isBusy = true;
        await this.takeLines().catch((error) => {
          failed = error;
          this.state.hasQuit = true;
        });
        this.isBusy = false;
        if (this.state.hasQuit) reader.close();
        if (isClosed) resolve();
        else this.prompt();
      };
      reader.on("line", (line) => {
        this.lines.push(line);
        void work();
      });
      reader.on("history", (recalled) => this.recall(recalled));
      reader.on("SIGINT", () => this.cancel());
      reader.on("close", () => {
        isClosed = true;
        if (!this.isBusy) resolve();
      });
      this.prompt();
    });
    signal.removeEventListener("abort", end);
    if (!this.state.hasQuit) this.cli.stdout.write("\n");
    if (failed !== undefined) throw failed;
  }

  /** What is recalled are statements, not their lines. */
  private recall(recalled: string[]): void {
    this.recalled = recalled;
    recalled.splice(0, recalled.length, ...this.history.entries);
  }

  private prompt(): void {
    this.reader.setPrompt(this.typed === "" ? PROMPT : CONTINUED);
    this.reader.prompt();
  }

  /** Ctrl-C: ends the statement that runs, else what was typed of one. */
  private cancel(): void {
    this.lines.length = 0;
    if (this.running !== undefined) {
      this.running.abort();
      return;
    }
    this.typed = "";
    this.reader.write(null, { ctrl: true, name: "e" });
    this.reader.write(null, { ctrl: true, name: "u" });
    this.cli.stdout.write("^C\n");
    this.prompt();
  }

  private async takeLines(): Promise<void> {
    while (this.lines.length > 0 && !this.state.hasQuit) await this.take(this.lines.shift()!);
  }

  private async take(line: string): Promise<void> {
    if (this.typed === "" && line.trim() === "") return;
    if (this.typed === "" && line.startsWith(".")) {
      this.remember(line);
      await this.tell(() =>
        writeLines(this.cli, runDotCommand(line, this.state, layoutOf(this.cli, this.options))),
      );
      return;
    }
    const question = this.typed === "" ? asQuestion(line) : undefined;
    if (question !== undefined) {
      this.remember(line);
      const meant = dotCommandLike(question.name);
      if (meant !== undefined) {
        this.say(`there is no question ${question.name}: did you mean ${meant}?`);
        return;
      }
      await this.answer(() => statementOf(question.name, question.params));
      return;
    }
    this.typed += `${line}\n`;
    for (let split = firstStatement(this.typed); split !== undefined; split = firstStatement(this.typed)) {
      const { statement, rest } = split;
      this.typed = rest.trim() === "" ? "" : rest;
      if (statement === "") continue;
      this.remember(`${onOneLine(statement) ?? ""};`);
      await this.answer(() => statementOf(statement, []));
    }
  }

  private remember(entry: string): void {
    if (entry === ";" || /\p{Cc}/u.test(entry)) return;
    this.history.add(entry);
    this.recalled.splice(0, this.recalled.length, ...this.history.entries);
  }

  private async answer(make: () => Statement): Promise<void> {
    const running = new AbortController();
    this.running = running;
    await this.tell(async () => {
      try {
        await this.ask(make(), this.state.format, running.signal, (told) => this.noteOnce(told));
      } catch (error) {
        if (!running.signal.aborted) throw error;
        this.cli.stdout.write("\n");
        this.say("the statement was cancelled");
      }
    });
    this.running = undefined;
  }

  /** A line about what was just typed: also when the same was said of something before. */
  private say(message: string): void {
    writeErrors(this.cli, [`rdbscope: ${message}`]);
  }

  private noteOnce(message: string): void {
    if (!this.told.has(message)) this.options.warn(message);
    this.told.add(message);
  }

  /** What goes wrong ends the statement, not the prompt. @throws {ClosedOutput} when nobody reads any more */
  private async tell(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof ClosedOutput) throw error;
      const message = error instanceof Error ? error.message : String(error);
      this.say(statusOf(error) === EXIT.bug ? `this is a bug of rdbscope: ${message}` : message);
    }
  }
}

/** A command of the prompt that was typed without its dot, as the shells of other databases have some. */
function dotCommandLike(name: string): string | undefined {
  const command = `.${name.toLowerCase()}`;
  const isOne = Object.hasOwn(DOT_COMMANDS, command) && !Object.hasOwn(NAMED_QUESTIONS, name);
  return isOne ? command : undefined;
}

const SQL_WORDS = /^(?:select|with|values|explain)$/i;
const VALUE = String.raw`'(?:[^']|'')*'|"[^"]*"|[^\s'";]\S*|`;

/** A line that is the name of a question, perhaps with `name=value`s, and no beginning of a statement. */
function asQuestion(line: string): { name: string; params: string[] } | undefined {
  const match = new RegExp(String.raw`^\s*([\w-]+)((?:\s+\w+=(?:${VALUE}))*)\s*;?\s*$`).exec(line);
  if (match === null || SQL_WORDS.test(match[1]!)) return undefined;
  const params = [...match[2]!.matchAll(new RegExp(String.raw`(\w+)=(${VALUE})`, "g"))];
  return { name: match[1]!, params: params.map(([, name, value]) => `${name}=${unquoted(value!)}`) };
}

function unquoted(value: string): string {
  return /^(['"]).*\1$/s.test(value) && value.length > 1 ? value.slice(1, -1).replaceAll("''", "'") : value;
}
