import type { IncomingMessage } from "node:http";
import * as z from "zod";
import type { Page } from "../../report-page/html.ts";
import { bodyOf, checked } from "./body.ts";
import { explainKey, WANTED_KEY } from "./explain.ts";
import { type KeySearch, SEARCH } from "./keys.ts";
import { askCsv, askTable } from "./sql.ts";
import type { Work } from "./work.ts";

/** What is served. */
export interface Served {
  readonly page: Page;
  /** `Start` as JSON. */
  readonly start: string;
  readonly work: Work;
  readonly search: KeySearch;
  /** How the snapshot is read again, for `explain`. */
  readonly reading: {
    readonly snapshotFile?: string | undefined;
    readonly tempDir?: string | undefined;
    readonly maxExpanded?: number | undefined;
  };
}

/** A request that was let in; `signal` ends when nobody waits for the answer any more. */
export interface Call {
  readonly request: IncomingMessage;
  readonly query: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What is answered, and how it is to be taken. */
export interface Answer {
  readonly type: "html" | "json";
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Route {
  readonly method: "GET" | "POST";
  /** The page itself says nothing of an inventory: who asks for data has the token. */
  readonly isOpen?: true;
  readonly answer: (served: Served, call: Call) => Answer | Promise<Answer>;
}

const ASKED = z.object({ sql: z.string().min(1), params: z.array(z.string()).max(64).optional() });

/** Everything there is to be asked for, by path. A new one: a line here. Nothing here writes. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "/": { method: "GET", isOpen: true, answer: ({ page }) => pageAnswer(page) },
  "/api/start": { method: "GET", answer: ({ start }) => ({ type: "json", body: start }) },
  "/api/keys": {
    method: "GET",
    answer: async ({ search }, { query, signal }) => json(await search(checked(SEARCH, query), signal)),
  },
  "/api/explain": {
    method: "GET",
    answer: async ({ work, reading }, { query, signal }) =>
      json(await explainKey(work, { ...checked(WANTED_KEY, query), ...reading }, signal)),
  },
  "/api/sql": {
    method: "POST",
    answer: async ({ work }, { request, signal }) =>
      json(await askTable(work, await bodyOf(request, ASKED), signal)),
  },
  "/api/csv": {
    method: "POST",
    answer: async ({ work }, { request, signal }) =>
      json(await askCsv(work, await bodyOf(request, ASKED), signal)),
  },
};

function json(value: unknown): Answer {
  return { type: "json", body: JSON.stringify(value) };
}

function pageAnswer({ html, policy }: Page): Answer {
  return { type: "html", body: html, headers: { "content-security-policy": policy } };
}
