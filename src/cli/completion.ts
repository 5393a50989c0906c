import { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Shell } from "./completion/scripts.ts";
import { type Cli, writeLines } from "./io.ts";

const SHELLS: readonly Shell[] = ["bash", "zsh", "fish"];

/** `rdbscope completion SHELL` */
export function completionCommand(cli: Cli): Command {
  return new Command("completion")
    .description("print a script that completes commands, options, their values and files in a shell")
    .argument(`<${SHELLS.join("|")}>`, "the shell; source what is printed, as README.md shows")
    .action(async (name: string, _, command: Command) => {
      const shell = SHELLS.find((one) => one === name);
      if (shell === undefined)
        throw new UsageError(`no completion for "${name}": there is one for ${SHELLS.join(", ")}`);
      const { SCRIPTS } = await import("./completion/scripts.ts");
      const { commandModels, rootOptions } = await import("./completion/model.ts");
      const root = command.parent!;
      const script = SCRIPTS[shell](commandModels(root), rootOptions(root));
      return writeLines(cli, script.trimEnd().split("\n"));
    });
}
