import type { CommandModel, OptionModel, Value } from "./model.ts";

/** The completion script for fish. */
export function fishScript(commands: readonly CommandModel[], root: readonly OptionModel[]): string {
  const first = "__fish_use_subcommand";
  const lines = [
    "# Completion of rdbscope for fish.",
    "complete -c rdbscope -f",
    ...root.map((option) => optionLine(first, option)),
    ...commands.map(
      ({ name, description }) => `complete -c rdbscope -n ${first} -a ${name} -d ${quoted(description)}`,
    ),
    ...commands.flatMap(commandLines),
  ];
  return `${lines.join("\n")}\n`;
}

function commandLines({ name, options, arguments: all }: CommandModel): string[] {
  const condition = quoted(`__fish_seen_subcommand_from ${name}`);
  const places = all.flatMap(({ value }) => (value.kind === "any" ? [] : [valueFlags(value)]));
  return [
    ...places.map((value) => `complete -c rdbscope -n ${condition} ${value}`),
    ...options.map((option) => optionLine(condition, option)),
  ];
}

function optionLine(condition: string, { names, description, value }: OptionModel): string {
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const taken =
    value === undefined ? [] : [value.kind === "file" ? "-r -F" : `-x ${valueFlags(value)}`.trim()];
  return ["complete -c rdbscope -n", condition, ...flags, ...taken, "-d", quoted(description)].join(" ");
}

function valueFlags(value: Value): string {
  if (value.kind === "file") return "-F";
  if (value.kind === "folder") return "-a '(__fish_complete_directories)'";
  if (value.kind === "any") return "";
  const words = value.words.join(" ");
  return value.kind === "list" ? `-a '(__fish_append , ${words})'` : `-a '${words}'`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
