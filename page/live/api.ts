import type { Asked, CsvResult, Explained, FoundKeys, Result, Start } from "../../src/cli/serve/shapes.ts";

const KEPT = "rdbscope-token";

/**
 * The token of the address that rdbscope printed. It stands behind the #, which no browser sends to a server; it is taken out of
 * the address bar and kept for this tab alone.
 */
function takeToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null) {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(KEPT) ?? "";
}

const token = takeToken();

/** What the page asks of the server; each throws an Error whose message is one line. */
export const api = {
  start: (): Promise<Start> => ask("/api/start"),
  keys: (text: string, type: string, signal: AbortSignal): Promise<FoundKeys> =>
    ask(`/api/keys?${new URLSearchParams({ text, type })}`, { signal }),
  explainAt: (snapshot: number, offset: number, signal: AbortSignal): Promise<Explained> =>
    ask(`/api/explain?${new URLSearchParams({ snapshot: `${snapshot}`, offset: `${offset}` })}`, { signal }),
  explainNamed: (key: string, signal: AbortSignal): Promise<Explained> =>
    ask(`/api/explain?${new URLSearchParams({ key })}`, { signal }),
  sql: (asked: Asked, signal: AbortSignal): Promise<Result> => post("/api/sql", asked, signal),
  csv: (asked: Asked, signal: AbortSignal): Promise<CsvResult> => post("/api/csv", asked, signal),
};

function post<T>(path: string, value: unknown, signal: AbortSignal): Promise<T> {
  const headers = { "content-type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(value), signal });
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const headers = { ...init.headers, authorization: `Bearer ${token}` };
  const response = await fetch(path, { ...init, headers, credentials: "omit" }).catch((cause) => {
    if (init.signal?.aborted) throw new Error("cancelled", { cause });
    throw new Error("rdbscope does not answer: it was ended, or the machine was asleep", { cause });
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
