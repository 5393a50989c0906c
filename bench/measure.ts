import { spawn } from "node:child_process";
import fs from "node:fs";

/** What one run of a program took. */
export interface Taken {
  readonly wallSeconds: number;
  /** User and system time of all threads; as long as the last look at it before the end. */
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

/** Time between two looks at what a process has used. */
const LOOK_MS = 10;
/** _SC_CLK_TCK of Linux, on every architecture that Node runs on. */
const TICKS_A_SECOND = 100;

/** Runs a program to its end. @throws {Error} when it ends with anything but 0, with what it said last */
export function measure(command: string, args: readonly string[]): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    let cpuSeconds = 0;
    let peakRssBytes = 0;
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-500);
    });
    const timer = setInterval(() => {
      const used = usedBy(child.pid!);
      if (used === undefined) return;
      cpuSeconds = used.cpuSeconds;
      peakRssBytes = used.peakRssBytes;
    }, LOOK_MS);
    child.on("error", (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.on("exit", (code) => {
      clearInterval(timer);
      const wallSeconds = (performance.now() - started) / 1000;
      if (code === 0) resolve({ wallSeconds, cpuSeconds, peakRssBytes });
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${said.trim()}`));
    });
  });
}

/** As proc(5) of Linux tells; nothing elsewhere, and of a process that has ended. */
function usedBy(pid: number): Pick<Taken, "cpuSeconds" | "peakRssBytes"> | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [, peakKb] = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
    if (peakKb === undefined) return undefined;
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
    return { cpuSeconds, peakRssBytes: Number(peakKb) * 1024 };
  } catch {
    return undefined;
  }
}

/** The middle one of some figures, or the mean of the two in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
