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

/** What a setting is called on the server that keys are sized for, and what it is there. */
export function settingOf({ snapshot }: Scope, name: RaisableName): { directive: string; now: number } {
  const { server, from } = PROFILES[snapshot.profile as ProfileName];
  const isOld = server === "redis" && from[0] < LISTPACK_SINCE;
  const settings = JSON.parse(snapshot.settings) as MemoryConfig;
  return {
    directive: isOld ? name.replace("listpack", "ziplist") : name,
    now: settings[RAISABLE[name].field],
  };
}
