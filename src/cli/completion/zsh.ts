import type { CommandModel, OptionModel, Value } from "./model.ts";

/** The completion script for zsh: in a folder of fpath as _rdbscope, or sourced behind compinit. */
export function zshScript(commands: readonly CommandModel[], root: readonly OptionModel[]): string {
  return `#compdef rdbscope
# Completion of rdbscope for zsh.

_rdbscope() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C \\
${[...root.map(optionSpec), "'1:command:->command'", "'*::argument:->argument'"].map((spec) => `    ${spec}`).join(" \\\n")}
  case $state in
    command)
      local -a commands=(
${commands.map(({ name, description }) => `        ${quoted(`${name}:${description.replaceAll(":", "\\:")}`)}`).join("\n")}
      )
      _describe -t commands command commands
      ;;
    argument)
      case $line[1] in
${commands.map(commandCase).join("\n")}
      esac
      ;;
  esac
}

if [[ \${funcstack[1]} == _rdbscope ]]; then _rdbscope "$@"; else compdef _rdbscope rdbscope; fi
`;
}

function commandCase({ name, options, arguments: all, isVariadic }: CommandModel): string {
  const places = all.map((argument, i) => {
    const place = isVariadic && i === all.length - 1 ? "*" : String(i + 1);
    return quoted(`${place}:${plain(argument.name)}:${action(argument.value, argument.name)}`);
  });
  const specs = [...options.map(optionSpec), ...places];
  return `        ${name})
          _arguments \\
${specs.map((spec) => `            ${spec}`).join(" \\\n")}
          ;;`;
}

/** `'(-n --db)'{-n+,--db=}'[description]:value:action'` */
function optionSpec({ names, description, value, repeats }: OptionModel): string {
  const ending = `[${plain(description)}]${value === undefined ? "" : `:value:${action(value, names.at(-1)!)}`}`;
  const shown = names.map((name) =>
    value === undefined ? name : name.startsWith("--") ? `${name}=` : `${name}+`,
  );
  const before = repeats ? "*" : names.length > 1 ? `(${names.join(" ")})` : "";
  if (shown.length === 1) return quoted(`${before}${shown[0]}${ending}`);
  return `${quoted(before)}{${shown.join(",")}}${quoted(ending)}`;
}

function action(value: Value, name: string): string {
  if (value.kind === "file") return "_files";
  if (value.kind === "folder") return "_files -/";
  if (value.kind === "any") return " ";
  const words = value.words.join(" ");
  if (value.words.some((word) => word.endsWith("="))) return ` compadd -S "" -- ${words}`;
  return value.kind === "list" ? `_values -s , ${name.replace(/^-+/, "")} ${words}` : `(${words})`;
}

/** A text without what parts a specification. */
function plain(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
