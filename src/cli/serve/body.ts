import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import { MAX_SQL_BYTES } from "../query.ts";
import { Refusal } from "./refusal.ts";

/** Bytes of a body: a statement may be that long, and has parameters and escapes beside it. */
const MAX_BODY_BYTES = 2 * MAX_SQL_BYTES;

/** The JSON that a request carries, checked. @throws {Refusal} */
export async function bodyOf<T extends z.ZodType>(request: IncomingMessage, schema: T): Promise<z.infer<T>> {
  // Forms of other sites cannot send this type without asking first, and nobody answers them.
  if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    throw new Refusal(415, "the body has to be application/json");
  }
  return checked(schema, parse(await textOf(request)));
}

/** What a query string or a body says, checked. @throws {Refusal} */
export function checked<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const what = issue.code === "invalid_type" ? `missing, or no ${issue.expected}` : issue.message;
  throw new Refusal(400, `${issue.path.join(".") || "the request"}: ${what}`);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Refusal(413, `the body has more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "the body is no JSON");
  }
}
