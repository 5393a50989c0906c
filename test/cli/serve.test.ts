import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { runCli, SAMPLE } from "./run-cli.ts";
import { type Asking, ask, type Serving, serve, sql } from "./serve-process.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-serve-test-"));
const at = (name: string) => path.join(folder, name);
const ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
let serving: Serving;

const errorOf = (text: string): string => JSON.parse(text).error;

beforeAll(async () => {
  fs.copyFileSync(SAMPLE, at("sample.rdb"));
  expect((await runCli(["analyze", at("sample.rdb"), "-o", at("sample.sqlite"), "--quiet"])).status).toBe(0);
  serving = await serve(at("sample.sqlite"), "--timeout", "1s");
});
afterAll(async () => {
  await serving?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("who is answered", () => {
  const REFUSED: readonly [what: string, status: number, asking: Asking][] = [
    ["no token", 401, { headers: { authorization: undefined } }],
    ["a wrong token", 401, { headers: { authorization: `Bearer ${"x".repeat(43)}` } }],
    ["a token of another scheme", 401, { headers: { authorization: "Basic eDp4" } }],
    ["a name that a name server could give us", 403, { headers: { host: "evil.example" } }],
    ["our address with another port", 403, { headers: { host: "127.0.0.1:1" } }],
    ["a page of another site", 403, { headers: { origin: "http://evil.example" } }],
    ["a page of another port", 403, { headers: { origin: "http://127.0.0.1:1" } }],
    ["a page without an origin, such as a file", 403, { headers: { origin: "null" } }],
    [
      "a script of another site",
      403,
      { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" } },
    ],
    [
      "a script of another port",
      403,
      { headers: { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" } },
    ],
    ["a method that writes", 405, { method: "PUT" }],
    ["a preflight", 405, { method: "OPTIONS", headers: { origin: undefined } }],
  ];

  it.each(REFUSED)("not %s", async (_, status, asking) => {
    for (const place of ["/api/start", "/api/keys?text=user", "/api/explain?key=x"]) {
      const answer = await ask(serving, place, asking);
      expect(answer.status).toBe(status);
      expect(errorOf(answer.text)).toMatch(/^[^\n]+$/);
      expect(answer.text).not.toContain("user:");
      expect(Object.keys(answer.headers).filter((name) => /^access-control/.test(name))).toEqual([]);
    }
    if (asking.method !== undefined) return;
    expect((await sql(serving, "SELECT 1", asking)).status).toBe(status);
  });

  it("who asks for heads alone, or leaves out what is asked for, in one line of ours", async () => {
    const head = await ask(serving, "/api/start", { method: "HEAD" });
    expect([head.status, head.text]).toEqual([200, ""]);
    expect(
      (await ask(serving, "/api/start", { method: "HEAD", headers: { authorization: undefined } })).status,
    ).toBe(401);
    const { status, text } = await ask(serving, "/api/keys");
    expect([status, errorOf(text)]).toEqual([400, "text: missing, or no string"]);
  });

  it("the page itself is refused to other names too, and tells nothing of an inventory", async () => {
    expect((await ask(serving, "/", { headers: { host: "evil.example" } })).status).toBe(403);
    const page = await ask(serving, "/", { headers: { authorization: undefined } });
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/sample\.|leaderboard/);
    expect(page.text).not.toContain(serving.token);
  });

  it("our own page is, by either name of the address", async () => {
    for (const host of [`127.0.0.1:${serving.port}`, `localhost:${serving.port}`]) {
      const headers = { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" };
      expect((await ask(serving, "/api/start", { headers })).status).toBe(200);
    }
  });

  it("a followed link opens the page, but reads no data", async () => {
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    expect((await ask(serving, "/", { headers })).status).toBe(200);
    expect(
      (await ask(serving, "/api/start", { headers: { ...headers, authorization: undefined } })).status,
    ).toBe(401);
  });

  it("every answer has a strict policy, is kept nowhere and framed nowhere", async () => {
    const { headers } = await ask(serving, "/");
    const policy = headers["content-security-policy"] as string;
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+';/);
    for (const part of [
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "form-action 'none'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    for (const place of ["/", "/api/start", "/nothing"]) {
      const answer = await ask(serving, place);
      expect(answer.headers).toMatchObject({
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "x-frame-options": "DENY",
      });
      expect(answer.headers).not.toHaveProperty("set-cookie");
    }
  });

  it("has a new token of 256 bits each time, on stdout alone", async () => {
    const other = await serve(at("sample.sqlite"));
    expect(other.token).toMatch(/^[\w-]{43}$/);
    expect(other.token).not.toBe(serving.token);
    expect(other.told()).not.toContain(other.token);
    expect(
      (await ask(other, "/api/start", { headers: { authorization: `Bearer ${serving.token}` } })).status,
    ).toBe(401);
    await other.stop();
  });

  it("listens on loopback alone", async () => {
    const others = Object.values(os.networkInterfaces())
      .flat()
      .filter((one) => one && !one.internal && one.family === "IPv4");
    for (const { address } of others as os.NetworkInterfaceInfo[]) {
      const reached = await new Promise((resolve) => {
        const socket = net.connect(serving.port, address);
        socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
      });
      expect(reached).toBe(false);
    }
  });

  it.each(["0.0.0.0", "::", "192.168.1.5", "example.org", "127.0.0.1.example.org"])(
    "refuses --host %s",
    async (host) => {
      const ran = await runCli(["serve", at("sample.sqlite"), "--host", host]);
      expect(ran).toMatchObject({ status: 2, stdout: "" });
      expect(ran.stderr).toMatch(/^rdbscope: --host: .* not of this machine alone[^\n]*\n$/);
    },
  );
});

describe("SQL", () => {
  it("answers with what the inventory holds", async () => {
    const db = new Database(at("sample.sqlite"), { readonly: true });
    const text = "SELECT key, bytes FROM keys ORDER BY bytes DESC, key LIMIT 5";
    const expected = db.prepare(text).raw().all();
    db.close();
    const { parts, cut } = JSON.parse((await sql(serving, text)).text);
    expect(parts[0].rows).toEqual(expected);
    expect(cut).toBe(null);
  });

  it("is CSV as the command line writes it", async () => {
    const text = "SELECT key, type, bytes FROM keys ORDER BY bytes DESC, key LIMIT 50";
    const { stdout } = await runCli(["query", at("sample.sqlite"), text, "--format", "csv"]);
    expect(JSON.parse((await sql(serving, text, {}, "/api/csv")).text).csv).toBe(stdout);
  });

  it("may be the name of a question with its parameters", async () => {
    const body = JSON.stringify({ sql: "top-patterns", params: ["limit=3"] });
    const { parts } = JSON.parse((await sql(serving, "", { body })).text);
    expect(parts[0].rows).toHaveLength(3);
    expect(parts[0].columns[0]).toEqual({ name: "pattern", kind: "key" });
  });

  it.each([
    ["DELETE FROM slots", /only statements that return rows/],
    ["ATTACH 'x' AS y", /only statements that return rows/],
    ["VACUUM INTO 'x'", /only statements that return rows/],
    ["PRAGMA query_only = 0", /only statements that return rows/],
    ["INSERT INTO slots VALUES (1, 1, 1, 1) RETURNING slot", /only statements that return rows/],
    ["SELECT 1; DROP TABLE slots", /one SQL statement/],
    ["SELECT load_extension('x')", /not authorized/],
    ["SELECT readfile('/etc/hostname')", /no such function/],
    ["SELECT FROM", /syntax error/],
    ["SELECT byts FROM keys", /no such column: byts: is it bytes\?/],
    ["no-such-question", /no question/],
  ])("only reads: %s", async (text, message) => {
    const before = fs.readFileSync(at("sample.sqlite"));
    const answer = await sql(serving, text);
    expect(answer.status).toBe(400);
    expect(errorOf(answer.text)).toMatch(message);
    expect(errorOf(answer.text)).not.toContain("\n");
    expect(fs.readFileSync(at("sample.sqlite")).equals(before)).toBe(true);
  });

  it("is ended when it runs too long, and the next one is answered", async () => {
    const answer = await sql(serving, ENDLESS);
    expect(answer.status).toBe(400);
    expect(errorOf(answer.text)).toMatch(/ran longer than 1 s/);
    expect((await sql(serving, "SELECT 1")).status).toBe(200);
  });

  it("is ended when it takes too much memory", async () => {
    const small = await serve(at("sample.sqlite"), "--max-memory", "200M");
    const answer = await sql(small, "SELECT randomblob(400000000)");
    expect(answer.status).toBe(400);
    expect(errorOf(answer.text)).toMatch(/more than 209715200 bytes/);
    await small.stop();
  });

  const ROWS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
  it("is cut after 5,000 rows, and that is told", async () => {
    const { parts, cut } = JSON.parse((await sql(serving, ROWS)).text);
    expect(parts[0].rows).toHaveLength(5000);
    expect(parts[0].rows.at(-1)).toEqual([5000]);
    expect(cut).toMatch(/cut after 5,000 rows/);
    const whole = JSON.parse((await sql(serving, `${ROWS} LIMIT 5000`)).text);
    expect(whole.parts[0].rows).toHaveLength(5000);
    expect(whole.cut).toBe(null);
  });

  it("has long values cut, and numbers exact", async () => {
    const text =
      "SELECT hex(zeroblob(100000)) AS a, 9223372036854775807 AS b, 9e999 AS c, NULL AS d, x'ff00' AS e";
    const [row] = JSON.parse((await sql(serving, text)).text).parts[0].rows;
    expect(row[0]).toMatch(/^0{1000}… \(200000 in all\)$/);
    expect(row.slice(1)).toEqual(["9223372036854775807", "Infinity", null, "\\xFF\\x00"]);
  });

  it("runs in two processes at most; one whose asker is gone is ended", async () => {
    const slow = await serve(at("sample.sqlite"), "--timeout", "0");
    const children = () => {
      const list = fs.readFileSync(`/proc/${slow.child.pid}/task/${slow.child.pid}/children`, "utf8").trim();
      return list === "" ? 0 : list.split(" ").length;
    };
    const gone = new AbortController();
    const asked = [1, 2].map(() => sql(slow, ENDLESS, { signal: gone.signal }).catch(() => "gone"));
    while (children() < 2) await new Promise((go) => setTimeout(go, 20));
    const third = await sql(slow, "SELECT 1");
    expect(third.status).toBe(429);
    expect(errorOf(third.text)).toMatch(/2 questions are being answered already/);
    gone.abort();
    expect(await Promise.all(asked)).toEqual(["gone", "gone"]);
    while (children() > 0) await new Promise((go) => setTimeout(go, 20));
    expect((await sql(slow, "SELECT 1")).status).toBe(200);
    await slow.stop();
  });

  it.each([
    ["no JSON", "{", 400, {}],
    ["no statement", "{}", 400, {}],
    ["another type, as forms send", "sql=1", 415, { "content-type": "text/plain" }],
    ["a body that is too long", `{"sql":"${"x".repeat(3 * 1024 ** 2)}"}`, 413, {}],
  ])("refuses %s", async (_, body, status, headers) => {
    const answer = await sql(serving, "", { body, headers }).catch((error) => error);
    // A body that is not read to its end may break the connection before the answer is seen.
    if (answer instanceof Error) expect(answer.message).toMatch(/ECONNRESET|EPIPE/);
    else expect(answer.status).toBe(status);
    expect((await sql(serving, "SELECT 1")).status).toBe(200);
  });

  it("refuses headers that are too long", async () => {
    const answer = await ask(serving, "/api/start", { headers: { "x-long": "x".repeat(20_000) } });
    expect(answer.status).toBe(431);
  });

  it("refuses an inventory that was replaced under it", async () => {
    fs.copyFileSync(at("sample.sqlite"), at("replaced.sqlite"));
    const other = await serve(at("replaced.sqlite"));
    fs.utimesSync(at("replaced.sqlite"), 1, 1);
    const answer = await sql(other, "SELECT 1");
    expect(answer.status).toBe(500);
    expect(errorOf(answer.text)).toMatch(/was changed or replaced while it was served/);
    await other.stop();
  });
});

describe("keys", () => {
  it("are found by a part of their name, a glob and a type, the biggest first", async () => {
    const db = new Database(at("sample.sqlite"), { readonly: true });
    const count = (where: string) => db.prepare(`SELECT count(*) FROM keys WHERE ${where}`).pluck().get();
    for (const [query, where] of [
      ["text=leaderboard", "key LIKE '%leaderboard%'"],
      ["text=stream:*", "key LIKE 'stream:%'"],
      ["text=user&type=set", "key LIKE '%user%' AND type = 'set'"],
      ["text=no-such-name", "0"],
    ] as const) {
      const { keys, more } = JSON.parse((await ask(serving, `/api/keys?${query}`)).text);
      expect(keys).toHaveLength(Math.min(200, Number(count(where))));
      expect(more).toBe(Number(count(where)) > 200);
      const bytes = keys.map((one: { bytes: number }) => one.bytes);
      expect(bytes).toEqual(bytes.toSorted((a: number, b: number) => b - a));
    }
    db.close();
  });

  it("are explained as the command does, by place and by name", async () => {
    const { stdout } = await runCli([
      "explain",
      at("sample.sqlite"),
      "leaderboard:alltime",
      "--format",
      "json",
    ]);
    const [expected] = JSON.parse(stdout);
    const { keys } = JSON.parse((await ask(serving, "/api/keys?text=leaderboard:alltime")).text);
    const { snapshot, offset } = keys[0];
    for (const query of [`snapshot=${snapshot}&offset=${offset}`, "key=leaderboard:alltime"]) {
      const { found } = JSON.parse((await ask(serving, `/api/explain?${query}`)).text);
      expect(found).toEqual([expected]);
    }
  });

  it.each([
    ["key=leaderboard:alltim", 400, /holds no key "leaderboard:alltim"; did you mean "leaderboard:alltime"/],
    ["snapshot=1&offset=1", 400, /knows no key at byte 1/],
    ["snapshot=x&offset=1", 400, /a key is wanted/],
    ["", 400, /a key is wanted/],
  ])("that are not there are told: %s", async (query, status, message) => {
    const answer = await ask(serving, `/api/explain?${query}`);
    expect(answer.status).toBe(status);
    expect(errorOf(answer.text)).toMatch(message);
  });

  it("are not explained when the snapshot is gone or another one, which is told; --snapshot-file leads to it", async () => {
    fs.copyFileSync(SAMPLE, at("moved.rdb"));
    await runCli(["analyze", at("moved.rdb"), "-o", at("moved.sqlite"), "--quiet"]);
    const other = await serve(at("moved.sqlite"));
    const explain = async (of: Serving) => ask(of, "/api/explain?key=leaderboard:alltime");
    fs.renameSync(at("moved.rdb"), at("elsewhere.rdb"));
    const gone = await explain(other);
    expect(gone.status).toBe(500);
    expect(errorOf(gone.text)).toMatch(/no such file.*--snapshot-file FILE/);
    fs.writeFileSync(at("moved.rdb"), new RdbWriter("REDIS", 11).key("a", stringValue("b")).end());
    expect(errorOf((await explain(other)).text)).toMatch(/is not the snapshot that was analyzed/);
    expect((await sql(other, "SELECT 1")).status).toBe(200);
    await other.stop();
    const led = await serve(at("moved.sqlite"), "--snapshot-file", at("elsewhere.rdb"));
    expect((await explain(led)).status).toBe(200);
    await led.stop();
  });

  it("have hashes for names where the inventory has, and the snapshot's own name stays hidden", async () => {
    const other = await serve(at("sample.rdb"), "--hash-keys");
    const found = JSON.parse((await ask(other, "/api/keys?text=%23")).text);
    expect(found.notes.join()).toMatch(/hashed/);
    const { snapshot, offset, key } = found.keys[0];
    const answer = await ask(other, `/api/explain?snapshot=${snapshot}&offset=${offset}`);
    expect(JSON.parse(answer.text).found[0].key).toBe(key);
    expect(answer.text).not.toContain("stream:orders");
    await other.stop();
  });

  it("are the biggest alone where the inventory has no row a key", async () => {
    await runCli(["analyze", at("sample.rdb"), "-o", at("none.sqlite"), "--keys", "none", "--quiet"]);
    const other = await serve(at("none.sqlite"));
    const { keys, notes } = JSON.parse((await ask(other, "/api/keys?text=leaderboard:alltime")).text);
    expect(keys).toHaveLength(1);
    expect(notes.join()).toMatch(/only its biggest keys/);
    const { snapshot, offset } = keys[0];
    const { found } = JSON.parse(
      (await ask(other, `/api/explain?snapshot=${snapshot}&offset=${offset}`)).text,
    );
    expect(found[0].key).toBe("leaderboard:alltime");
    await other.stop();
  });

  it("of any name are found, shown as safe text and explained", async () => {
    const names = [
      "<script>alert(1)</script>",
      "a\u202eb",
      "back\\slash",
      Buffer.from([0xff, 0x00, 0x41]),
      "",
      `long${"x".repeat(100_000)}`,
    ];
    const writer = new RdbWriter("REDIS", 11);
    for (const name of names) writer.key(name, stringValue("v"));
    fs.writeFileSync(at("names.rdb"), writer.end());
    const other = await serve(at("names.rdb"));
    const { keys } = JSON.parse((await ask(other, "/api/keys?text=")).text);
    const shown = keys.map((one: { key: string }) => one.key);
    const safe = ["<script>alert(1)</script>", "a\\xE2\\x80\\xAEb", "back\\\\slash", "\\xFF\\x00A", '""'];
    expect(shown).toEqual(expect.arrayContaining(safe));
    expect(shown).toHaveLength(names.length);
    for (const { snapshot, offset } of keys) {
      const answer = await ask(other, `/api/explain?snapshot=${snapshot}&offset=${offset}`);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.text).found[0].record_offset).toBe(offset);
      expect(answer.text.length).toBeLessThan(20_000);
    }
    await other.stop();
  });
});

describe("the command", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends with 0 by %s, and leaves nothing of a snapshot's inventory",
    async (signal) => {
      const temp = at(`temp-${signal}`);
      fs.mkdirSync(temp);
      const other = await serve(SAMPLE, "--temp-dir", temp);
      expect(fs.readdirSync(temp)).toHaveLength(1);
      const asked = sql(other, ENDLESS).catch(() => "gone");
      expect(await other.stop(signal)).toBe(0);
      expect(await asked).toBe("gone");
      expect(fs.readdirSync(temp)).toEqual([]);
      expect(other.told()).toMatch(/to this machine alone/);
    },
  );

  it("takes the port that it is told, and says when that is taken", async () => {
    const ran = await runCli(["serve", at("sample.sqlite"), "--port", String(serving.port)]);
    expect(ran).toMatchObject({ status: 4, stdout: "" });
    expect(ran.stderr).toMatch(/^rdbscope: cannot listen on port \d+ of 127\.0\.0\.1: it is in use[^\n]*\n$/);
  });

  it.each([
    [["--port", "70000"], 2, /--port/],
    [["--timeout", "soon"], 2, /--timeout/],
    [["--workers", "2"], 2, /--workers is for snapshots/],
    [["--open"], 2, /unknown option/],
  ])("refuses %j in one line", async (options, status, message) => {
    const ran = await runCli(["serve", at("sample.sqlite"), ...options]);
    expect(ran).toMatchObject({ status, stdout: "" });
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
  });

  it("needs an inventory or a sound snapshot", async () => {
    fs.writeFileSync(at("cut.rdb"), fs.readFileSync(SAMPLE).subarray(0, 5000));
    expect(await runCli(["serve", at("cut.rdb"), "--quiet"])).toMatchObject({ status: 3, stdout: "" });
    expect(await runCli(["serve", at("nothing")])).toMatchObject({ status: 4, stdout: "" });
  });

  it.skipIf(process.platform !== "linux")("leaves no process of a query when it is killed", async () => {
    const other = await serve(at("sample.sqlite"), "--timeout", "0");
    const asked = sql(other, ENDLESS).catch(() => "gone");
    const list = `/proc/${other.child.pid}/task/${other.child.pid}/children`;
    let child = "";
    while (child === "") {
      await new Promise((go) => setTimeout(go, 20));
      child = fs.readFileSync(list, "utf8").trim();
    }
    await other.stop("SIGKILL");
    await asked;
    const state = () => execFileSync("ps", ["-o", "stat=", "-p", child], { encoding: "utf8" });
    for (let alive = true; alive; await new Promise((go) => setTimeout(go, 20))) {
      try {
        alive = !state().startsWith("Z");
      } catch {
        alive = false;
      }
    }
  });
});
