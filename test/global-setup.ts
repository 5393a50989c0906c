import { execFileSync } from "node:child_process";
import path from "node:path";

/** Tests that start the CLI start what users get: `dist/`, made anew of the sources. */
export default function setup(): void {
  const root = path.resolve(import.meta.dirname, "..");
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "inherit" });
}
