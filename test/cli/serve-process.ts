import type { ChildProcess } from "node:child_process";
import http from "node:http";
import { start } from "./run-cli.ts";

/** A server that was started as users do. */
export interface Serving {
  /** The address that it printed, with the token behind the #. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly child: ChildProcess;
  /** What it said on stderr so far. */
  readonly told: () => string;
  /** Ends it as Ctrl-C does, and tells its exit status. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `rdbscope serve` and waits for its address. */
export async function serve(...args: string[]): Promise<Serving> {
  const child = start(["serve", ...args]);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").once("data", (text) => resolve(text.trim()));
    void ended.then((status) => reject(new Error(`serve ended with ${status}: ${stderr}`)));
  });
  const { port, hash } = new URL(url);
  const stop = (signal: NodeJS.Signals = "SIGINT") => {
    child.kill(signal);
    return ended;
  };
  return { url, port: Number(port), token: hash.replace("#token=", ""), child, told: () => stderr, stop };
}

/** What a server answered. */
export interface Answered {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** How a request is made; what is not given is as the page does it. */
export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** Makes a request with the token, unless its headers say otherwise: fetch would not let us choose Host or Origin. */
export function ask(
  { port, token }: Serving,
  path: string,
  { method = "GET", headers = {}, body, signal }: Asking = {},
): Promise<Answered> {
  const all = { authorization: `Bearer ${token}`, ...headers };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, path, method, headers: given as never, signal });
    request.on("error", reject).on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      response.on("error", reject);
    });
    request.end(body);
  });
}

/** Asks SQL, as the page does. */
export function sql(serving: Serving, text: string, more: Asking = {}, path = "/api/sql"): Promise<Answered> {
  const headers = { "content-type": "application/json", ...more.headers };
  return ask(serving, path, { method: "POST", body: JSON.stringify({ sql: text }), ...more, headers });
}
