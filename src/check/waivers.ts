import { byteString, globToRegExp } from "../patterns/index.ts";
import type { Waiver } from "./policy.ts";
import type { Found } from "./rule.ts";

const DAY_MS = 24 * 3600 * 1000;

/** A waiver, and what it had to do with a check. */
export interface WaiverUse {
  readonly waiver: Waiver;
  readonly isExpired: boolean;
  /** Violations that it fits. */
  readonly fits: number;
  /** Those that no other waiver takes. */
  readonly violations: number;
}

/** The waivers of a policy at a time: tells which one is about a violation, and counts. */
export class Waivers {
  private readonly all: (WaiverUse & {
    fits: number;
    violations: number;
    readonly globs: readonly RegExp[] | null;
  })[];

  /** `now` in milliseconds since the epoch. */
  constructor(waivers: readonly Waiver[], now: number) {
    this.all = waivers.map((waiver) => ({
      waiver,
      isExpired: now >= Date.parse(waiver.until) + DAY_MS,
      fits: 0,
      violations: 0,
      globs: waiver.for?.map(globToRegExp) ?? null,
    }));
  }

  /** The waiver that is about a violation of a rule that chooses keys by `chosen`, one that has not expired before all others; undefined: none is. */
  find(rule: string, { name }: Pick<Found, "name">, chosen: readonly string[]): WaiverUse | undefined {
    const about = this.all.filter(
      ({ waiver, globs }) =>
        waiver.rule === rule && concerns(globs, waiver.for, name === null ? chosen : [name]),
    );
    for (const fitting of about) fitting.fits++;
    const one = about.find(({ isExpired }) => !isExpired) ?? about[0];
    if (one !== undefined) one.violations++;
    return one;
  }

  uses(): readonly WaiverUse[] {
    return this.all.map(({ globs: _, ...use }) => use);
  }
}

function concerns(
  globs: readonly RegExp[] | null,
  texts: Waiver["for"],
  names: readonly (string | Buffer)[],
): boolean {
  if (globs === null || texts === null) return true;
  return names.some((name) => {
    const bytes = byteString(name);
    return globs.some((glob, i) => glob.test(bytes) || texts[i] === name);
  });
}
