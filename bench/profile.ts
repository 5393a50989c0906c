import fs from "node:fs";
import path from "node:path";
import type { Case } from "./cases.ts";
import { measure } from "./measure.ts";

const TOP = 25;
/** What a thread is in while it waits. */
const IDLE = "(idle) :0";

/** What is read of a V8 profile. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Runs a case of ours under V8's profiler; tells of each thread the functions that it was in, in ms without what they called. */
export async function profile({ command, args }: Case, folder: string): Promise<string> {
  fs.rmSync(folder, { recursive: true, force: true });
  await measure(command, ["--cpu-prof", `--cpu-prof-dir=${folder}`, ...args]);
  return fs
    .readdirSync(folder)
    .sort()
    .map((file) => `${file}\n${topOf(JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")))}`)
    .join("\n\n");
}

function topOf({ nodes, samples, timeDeltas }: CpuProfile): string {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const selfUs = new Map<string, number>();
  samples.forEach((id, i) => {
    const { functionName, url, lineNumber } = frames.get(id)!;
    const name = `${functionName || "(anonymous)"} ${path.basename(url)}:${lineNumber + 1}`;
    selfUs.set(name, (selfUs.get(name) ?? 0) + timeDeltas[i]!);
  });
  const all = timeDeltas.reduce((sum, us) => sum + us, 0);
  const line = (name: string, us: number) => `${(us / 1000).toFixed(0).padStart(8)} ms  ${name}`;
  const functions = [...selfUs].sort((a, b) => b[1] - a[1]).slice(0, TOP);
  return [
    line(`busy, of ${(all / 1000).toFixed(0)} ms`, all - (selfUs.get(IDLE) ?? 0)),
    ...functions.map((one) => line(...one)),
  ].join("\n");
}
