import { isIPv4 } from "node:net";
import { UsageError } from "../../errors.ts";

/** The addresses of this machine that no other machine reaches. */
export function loopback(host: string): string {
  if (host === "localhost") return "127.0.0.1";
  if (host === "::1" || host === "[::1]") return "::1";
  if (isIPv4(host) && host.startsWith("127.")) return host;
  throw new UsageError(
    `--host: ${host} is not of this machine alone; choose 127.0.0.1 or ::1, and reach it from elsewhere by ssh -L`,
  );
}

/** What the Host header of a request to us may say: names that no name server decides on. */
export function hostNames(host: string, port: number): Set<string> {
  const names = [host.includes(":") ? `[${host}]` : host, "localhost"];
  return new Set(names.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]));
}
