import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "./refusal.ts";

const TOKEN_BYTES = 32;

/** What a request has to know to be answered: 256 random bits. */
export function makeToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/**
 * Refuses what did not come from our own page: other names of this address (DNS rebinding), and other origins.
 * @throws {Refusal}
 */
export function checkSource(headers: IncomingHttpHeaders, hosts: ReadonlySet<string>): void {
  const { host, origin, "sec-fetch-site": site, "sec-fetch-mode": mode } = headers;
  if (host === undefined || !hosts.has(host.toLowerCase())) {
    throw new Refusal(
      403,
      `this server answers to ${[...hosts][0]} only: open the address that rdbscope printed`,
    );
  }
  const isOwn = origin === undefined || origin === `http://${host.toLowerCase()}`;
  const isFollowed = mode === "navigate" && origin === undefined;
  if (!isOwn || !(site === undefined || site === "same-origin" || site === "none" || isFollowed)) {
    throw new Refusal(403, "another site's page asked for this");
  }
}

/** @throws {Refusal} without the token in `Authorization: Bearer …` */
export function checkToken({ authorization }: IncomingHttpHeaders, token: string): void {
  const given = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
  if (timingSafeEqual(digest(given), digest(token))) return;
  throw new Refusal(401, "the token is missing or wrong: open the address that rdbscope printed");
}

/** Of texts of any length, bytes of one length to compare. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
