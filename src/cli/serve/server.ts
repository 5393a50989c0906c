import { once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { IoError, reasonOf } from "../../errors.ts";
import { safeLine } from "../../reports/text.ts";
import { EXIT, statusOf } from "../exit-status.ts";
import { hostNames } from "./address.ts";
import { checkSource, checkToken } from "./guard.ts";
import { Refusal } from "./refusal.ts";
import { type Answer, type Call, ROUTES, type Served } from "./routes.ts";

/** How much a client may send, and how slowly. */
const LIMITS = { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 30_000 };
const MOST_CONNECTIONS = 64;

/** What every answer says to the browser: keep nothing, guess nothing, show it to no other site. */
const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
const TYPES = { html: "text/html; charset=utf-8", json: "application/json; charset=utf-8" } as const;

/** What clients are told of an error, by what the process would end with. Any other is ours. */
const STATUS: Readonly<Partial<Record<number, number>>> = {
  [EXIT.usage]: 400,
  [EXIT.damaged]: 422,
  [EXIT.io]: 500,
  [EXIT.interrupted]: 503,
};

/** Where a server listens. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves to whoever knows the token. `port` 0 takes one that is free. @throws {IoError} when it cannot listen there */
export async function listen(
  served: Served,
  { host, port, token }: { readonly host: string; readonly port: number; readonly token: string },
): Promise<Listening> {
  let hosts: ReadonlySet<string> = new Set();
  const server = http.createServer(LIMITS, (request, response) => {
    void respond(served, { hosts, token }, request, response);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const inUse = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
    const why = inUse ? "it is in use; --port 0 takes a free one" : reasonOf(cause);
    throw new IoError(`cannot listen on port ${port} of ${host}: ${why}`, { cause });
  }
  const taken = (server.address() as AddressInfo).port;
  hosts = hostNames(host, taken);
  const close = async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { host, port: taken, close };
}

interface Rules {
  readonly hosts: ReadonlySet<string>;
  readonly token: string;
}

async function respond(
  served: Served,
  rules: Rules,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const answer = await answered(served, rules, request, gone.signal);
    send(response, 200, answer);
  } catch (error) {
    if (gone.signal.aborted) return;
    const { status, message } = toldOf(error);
    // What is left of a body is not waited for.
    if (!request.complete) response.setHeader("connection", "close");
    send(response, status, { type: "json", body: JSON.stringify({ error: safeLine(message) }) });
  }
}

/** @throws {Refusal} and whatever the answer throws */
async function answered(
  served: Served,
  { hosts, token }: Rules,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Answer> {
  checkSource(request.headers, hosts);
  const url = new URL(request.url ?? "/", "http://localhost");
  const route = Object.hasOwn(ROUTES, url.pathname) ? ROUTES[url.pathname] : undefined;
  if (route === undefined) throw new Refusal(404, "there is nothing here");
  const method = request.method === "HEAD" ? "GET" : request.method; // answered without its body
  if (method !== route.method) throw new Refusal(405, `${url.pathname} takes ${route.method} only`);
  if (!route.isOpen) checkToken(request.headers, token);
  const call: Call = { request, query: Object.fromEntries(url.searchParams), signal };
  return route.answer(served, call);
}

function send(response: ServerResponse, status: number, { type, body, headers }: Answer): void {
  response.writeHead(status, { ...HEADERS, ...headers, "content-type": TYPES[type] }).end(body);
}

/** An error as a client is told it: one line. */
function toldOf(error: unknown): { status: number; message: string } {
  if (error instanceof Refusal) return error;
  const message = error instanceof Error ? error.message : String(error);
  const status = STATUS[statusOf(error)];
  if (status !== undefined) return { status, message };
  return { status: 500, message: `this is a bug of rdbscope: ${message}` };
}
