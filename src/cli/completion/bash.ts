import type { CommandModel, OptionModel, Value } from "./model.ts";

/** What bash runs: words that are being typed are compared, never run or expanded. */
const FUNCTIONS = `# Offers the words behind the first two that begin with what is typed ($1), each behind a text ($2).
_rdbscope_words() {
  local typed=$1 before=$2 word
  shift 2
  for word in "$@"; do
    [[ $word == "$typed"* ]] && COMPREPLY+=("$before$word")
    [[ $word == *= ]] && type compopt >/dev/null 2>&1 && compopt -o nospace 2>/dev/null
  done
  return 0
}

# Offers words for the part of a list behind its last comma.
_rdbscope_list() {
  local typed=$1 before=$2
  shift 2
  if [[ $typed == *,* ]]; then
    before+=\${typed%,*},
    typed=\${typed##*,}
  fi
  _rdbscope_words "$typed" "$before" "$@"
  type compopt >/dev/null 2>&1 && compopt -o nospace 2>/dev/null
}

# Offers files (-f) or folders (-d).
_rdbscope_files() {
  local kind=$1 typed=$2 before=$3 name
  while IFS= read -r name; do
    COMPREPLY+=("$before$name")
  done < <(compgen "$kind" -- "$typed")
  type compopt >/dev/null 2>&1 && compopt -o filenames 2>/dev/null
}
`;

/** The completion script for bash 3.2 and later. */
export function bashScript(commands: readonly CommandModel[], root: readonly OptionModel[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# Completion of rdbscope for bash: source this file, or put it where bash-completion looks.
${FUNCTIONS}
_rdbscope() {
  local typed=\${COMP_WORDS[COMP_CWORD]} option= before= command= place=0 i
  COMPREPLY=()
  # An option's value is a word of its own behind =, where bash splits there.
  if [[ $typed == = ]]; then
    option=\${COMP_WORDS[COMP_CWORD-1]} typed=
  elif (( COMP_CWORD > 2 )) && [[ \${COMP_WORDS[COMP_CWORD-1]} == = ]]; then
    option=\${COMP_WORDS[COMP_CWORD-2]}
  elif [[ $typed == --*=* ]]; then
    option=\${typed%%=*} before=$option= typed=\${typed#*=}
  elif (( COMP_CWORD > 1 )); then
    option=\${COMP_WORDS[COMP_CWORD-1]}
  fi
  (( COMP_CWORD > 1 )) && command=\${COMP_WORDS[1]}
  case "$command $option" in
${commands.flatMap(valueCases).join("\n")}
  esac
  if [[ -z $command ]]; then
    if [[ $typed == -* ]]; then _rdbscope_words "$typed" '' ${flags(root)}
    else _rdbscope_words "$typed" '' ${names}
    fi
    return
  fi
  if [[ $typed == -* ]]; then
    case "$command" in
${commands.map(({ name, options }) => `      ${name}) _rdbscope_words "$typed" '' ${flags(options)} ;;`).join("\n")}
    esac
    return
  fi
  for (( i = 2; i < COMP_CWORD; i++ )); do
    case "$command \${COMP_WORDS[i]}" in
${commands.map(takersCase).join("\n")}
      *' '-* | *' =') ;;
      *) [[ \${COMP_WORDS[i-1]} == = ]] || (( place++ )) ;;
    esac
  done
  case "$command $place" in
${commands.flatMap(argumentCases).join("\n")}
  esac
}

complete -F _rdbscope rdbscope
`;
}

function flags(options: readonly OptionModel[]): string {
  return options.flatMap(({ names }) => names).join(" ");
}

/** Offers a value and ends the completion. */
function offer(value: Value): string {
  if (value.kind === "file") return '_rdbscope_files -f "$typed" "$before"; return';
  if (value.kind === "folder") return '_rdbscope_files -d "$typed" "$before"; return';
  if (value.kind === "any") return "return";
  const what = value.kind === "list" ? "_rdbscope_list" : "_rdbscope_words";
  return `${what} "$typed" "$before" ${value.words.join(" ")}; return`;
}

function labels(name: string, option: OptionModel): string {
  return option.names.map((flag) => `'${name} ${flag}'`).join(" | ");
}

function valueCases({ name, options }: CommandModel): string[] {
  return options.flatMap((option) =>
    option.value === undefined ? [] : [`    ${labels(name, option)}) ${offer(option.value)} ;;`],
  );
}

/** Steps over the value of an option, unless it stands behind =. */
function takersCase({ name, options }: CommandModel): string {
  const takers = options.filter(({ value }) => value !== undefined).map((option) => labels(name, option));
  return takers.length === 0
    ? ""
    : `      ${takers.join(" | ")}) [[ \${COMP_WORDS[i+1]} == = ]] || (( i++ )) ;;`;
}

function argumentCases({ name, arguments: all, isVariadic }: CommandModel): string[] {
  return all.map(({ value }, i) => {
    const place = isVariadic && i === all.length - 1 ? `'${name} '*` : `'${name} ${i}'`;
    return `    ${place}) ${offer(value)} ;;`;
  });
}
