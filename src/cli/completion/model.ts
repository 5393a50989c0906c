import type { Argument, Command, Option } from "commander";
import { wordsOf } from "./words.ts";

/** What stands behind an option, or as an argument. */
export type Value =
  | { readonly kind: "file" }
  | { readonly kind: "folder" }
  /** Nothing that can be known: numbers, names, SQL. */
  | { readonly kind: "any" }
  /** One of these; more may follow one that ends with =. */
  | { readonly kind: "word"; readonly words: readonly string[] }
  /** Some of these, with commas between. */
  | { readonly kind: "list"; readonly words: readonly string[] };

/** An option as a shell completes it. */
export interface OptionModel {
  /** `-n`, `--db`: the long one last. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined: it takes none. */
  readonly value: Value | undefined;
  readonly repeats: boolean;
}

/** A command as a shell completes it. */
export interface CommandModel {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionModel[];
  readonly arguments: readonly { readonly name: string; readonly value: Value }[];
  /** The last argument may be given several times. */
  readonly isVariadic: boolean;
}

const HELP: OptionModel = {
  names: ["-h", "--help"],
  description: "display help for command",
  value: undefined,
  repeats: false,
};

/** What there is to complete of a program: its commands, as they are registered. */
export function commandModels(root: Command): CommandModel[] {
  return root.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [
      ...command.options.filter(({ hidden }) => !hidden).map((option) => optionModel(command.name(), option)),
      HELP,
    ],
    arguments: command.registeredArguments.map((argument) => argumentModel(command.name(), argument)),
    isVariadic: command.registeredArguments.at(-1)?.variadic === true,
  }));
}

/** Options of the program itself. */
export function rootOptions(root: Command): OptionModel[] {
  return [...root.options.map((option) => optionModel("", option)), HELP];
}

function optionModel(command: string, option: Option): OptionModel {
  const [, placeholder] = /<([^>]+)>/.exec(option.flags) ?? [];
  const names = [option.short, option.long].filter((name) => name != null);
  return {
    names,
    description: option.description,
    value: placeholder === undefined ? undefined : kindOf(placeholder, wordsOf(command, option.long ?? "")),
    repeats: option.parseArg !== undefined,
  };
}

function argumentModel(command: string, argument: Argument) {
  const name = argument.name();
  return { name, value: kindOf(name === "snapshot" ? "file" : name, wordsOf(command, name)) };
}

/** What a placeholder in the help stands for: `<a|b>` is one of these words. */
function kindOf(placeholder: string, words: readonly string[] | undefined): Value {
  if (placeholder === "file") return { kind: "file" };
  if (placeholder === "folder") return { kind: "folder" };
  if (placeholder.includes("|")) return { kind: "word", words: placeholder.split("|") };
  if (words === undefined) return { kind: "any" };
  return { kind: placeholder === "list" ? "list" : "word", words };
}
