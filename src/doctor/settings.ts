import {
  type MemoryConfig,
  PROFILES,
  type ProfileName,
  RAISABLE,
  type RaisableName,
} from "../memory/index.ts";
import type { Scope } from "../queries/scope.ts";

/** The first version of Redis whose directives speak of listpacks. */
const LISTPACK_SINCE = 7;

/** What the server that keys are sized for packs small values into. */
export function packing({ snapshot }: Scope): "listpack" | "ziplist" {
  const { server, from } = PROFILES[snapshot.profile as ProfileName];
  return server === "redis" && from[0] < LISTPACK_SINCE ? "ziplist" : "listpack";
}

/** What a setting is called on the server that keys are sized for, and what it is there. */
export function settingOf(scope: Scope, name: RaisableName): { directive: string; now: number } {
  const settings = JSON.parse(scope.snapshot.settings) as MemoryConfig;
  return {
    directive: name.replace("listpack", packing(scope)),
    now: settings[RAISABLE[name].field],
  };
}
