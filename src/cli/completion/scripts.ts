import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import type { CommandModel, OptionModel } from "./model.ts";
import { zshScript } from "./zsh.ts";

/** Shells there is a completion for. A new one: a name, a file, and a line below. */
export type Shell = "bash" | "zsh" | "fish";

type Script = (commands: readonly CommandModel[], root: readonly OptionModel[]) => string;

/** What makes each shell's script of the commands and the program's own options. */
export const SCRIPTS: Readonly<Record<Shell, Script>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
