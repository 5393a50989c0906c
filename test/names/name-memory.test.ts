import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyHashSlot } from "../../src/inventory/slot.ts";
import { NameMemory, UNKNOWN } from "../../src/names/name-memory.ts";
import { byteClasses } from "../../src/patterns/index.ts";
import { Segments } from "../../src/patterns/segments.ts";

/** Looks at a name where names are looked at quickly. */
function look(memory: NameMemory, name: Uint8Array): number {
  memory.bytes.set(name);
  return memory.look(memory.bytes, name.length);
}

/** Whether what is found for a name may be kept, and its segments as one text. */
function partedBy(segments: Segments, name: Uint8Array): { isSteady: boolean; text: string } {
  segments.read(name, 0, name.length);
  const { count, texts, starts, ends, separators, isSteady } = segments;
  const parts = Array.from(
    { length: count },
    (_, i) =>
      `${Buffer.from(texts[i]!.subarray(starts[i], ends[i])).toString("hex")} ${separators[i]} ${segments.isId(i)}`,
  );
  return { isSteady, text: parts.join(" ") };
}

const bytes = (text: string) => Buffer.from(text, "latin1");
const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength, maxLength });
const hex = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength, maxLength });

/** Segments that are ids whatever stands beside them. */
const id = fc.oneof(
  digits(3, 12),
  digits(36, 36),
  fc.tuple(hex(0, 30), digits(1, 3), hex(5, 9)).map((parts) => parts.join("")),
  fc.uuid(),
);
/** Segments of all other kinds, above all those that reach for what follows. */
const other = fc.oneof(
  fc.constantFrom(
    "user",
    "a",
    "v2",
    "12",
    "",
    "2026-11-21",
    "2026-11-21T10",
    "T10",
    "aa",
    "0f",
    "10.0.0.1",
    "+4912345678",
  ),
  fc.constantFrom(
    "2026-11-21t09",
    "1999-01-01T1",
    "x2026-11-21T10",
    "1.2.3.4.5.6",
    "me@here.example",
    "a.b.c.d.e",
    "-",
    "_",
    "\u00e9",
  ),
  fc.constantFrom(
    "640x480",
    "Ab3-_Zk9QpX0mN2vB7cL",
    "deadbeefdeadbeef",
    "20ab",
    "ABCDEF0123456789ABCDEF",
    "\u0001",
    "user_7",
  ),
  digits(23, 26).map((time) => `2026-11-21T${time}`),
  fc.string({ unit: fc.constantFrom(..."ab019-_.@xT+"), maxLength: 40 }),
);
const separator = fc.constantFrom(":", ":", "/", "|", "{", "}", "#", " ");
/** Two names that differ in ids alone. */
const pair = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.tuple(id, id),
        other.map((one) => [one, one] as const),
      ),
      separator,
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((parts) =>
    [0, 1].map((k) =>
      bytes(parts.map(([one, joint], i) => one[k]! + (i === parts.length - 1 ? "" : joint)).join("")),
    ),
  );

describe("NameMemory", () => {
  const memory = new NameMemory(byteClasses());

  it("answers with what was kept only where a name is parted as the one it was kept for", () => {
    const segments = new Segments();
    let known = 0;
    fc.assert(
      fc.property(pair, ([first, second]) => {
        memory.forget();
        look(memory, first!);
        const kept = partedBy(segments, first!);
        if (kept.isSteady) memory.keep(7);
        const answer = look(memory, second!);
        if (answer === UNKNOWN) return;
        known++;
        expect(answer).toBe(7);
        expect(partedBy(segments, second!).text).toBe(kept.text);
      }),
      { numRuns: 20_000 },
    );
    expect(known).toBeGreaterThan(2000);
  });

  it("knows no number by a time of day", () => {
    // A server's own time, and a hex number that begins like the minutes of one.
    const [time, number] = [bytes("2026-11-21T10:05abcdef"), bytes("2026-11-21T10:abcdef05")];
    const segments = new Segments();
    const parted = [time, number].map((name) => partedBy(segments, name));
    expect(parted[0]!.text).not.toBe(parted[1]!.text);
    expect(parted.map(({ isSteady }) => isSteady)).toEqual([false, false]);
  });

  it.each([
    ["user:1234:name", "user:98765432:name"],
    ["cache:page:0123abcd4567:html", "cache:page:ffffffff0000:html"],
    ["{user:1234}:cart", "{user:555}:cart"],
    ["session:9b2f1c3a-7d4e-4f60-8a1b-2c3d4e5f6a7b", "session:00000000-7d4e-4f60-8a1b-2c3d4e5f6a7b"],
    ["eu:12345:x", "eu:777:x"],
  ])("knows %s by %s", (first, second) => {
    memory.forget();
    expect(look(memory, bytes(first))).toBe(UNKNOWN);
    memory.keep(3);
    expect(look(memory, bytes(second))).toBe(3);
    expect(look(memory, bytes(`${second}s`))).toBe(UNKNOWN);
  });

  it.each(["12345", "user_12345", "a\u0001:12345", `${"long:".repeat(20)}12345`])(
    "keeps nothing for %j",
    (name) => {
      memory.forget();
      look(memory, bytes(name));
      memory.keep(3);
      expect(look(memory, bytes(name))).toBe(UNKNOWN);
    },
  );

  it("answers with the slot of every name, tagged or not", () => {
    const name = fc.oneof(
      fc.uint8Array({ maxLength: 512 }),
      fc
        .array(fc.constantFrom("{", "}", "user", "1", ":"), { maxLength: 20 })
        .map((parts) => bytes(parts.join(""))),
    );
    fc.assert(
      fc.property(name, (one) => {
        look(memory, one);
        expect(memory.slot).toBe(keyHashSlot(one, one.length));
      }),
      { numRuns: 5000 },
    );
  });

  it("answers with the slots of names that stand elsewhere, and where braces part nothing", () => {
    const name = bytes("a:{tag}:1");
    const other = new NameMemory(byteClasses(":"));
    expect(memory.look(name, name.length)).toBe(UNKNOWN);
    expect(memory.slot).toBe(keyHashSlot(name, name.length));
    look(other, name);
    expect(other.slot).toBe(keyHashSlot(name, name.length));
  });

  it("keeps as much as there is room for, and never answers for another form", () => {
    const forms = Array.from({ length: 5000 }, (_, i) => bytes(`f${i.toString(36)}z:12345`));
    memory.forget();
    for (const [i, form] of forms.entries()) {
      look(memory, form);
      memory.keep(i);
    }
    const answers = forms.map((form) => look(memory, form));
    for (const [i, answer] of answers.entries()) expect([UNKNOWN, i]).toContain(answer);
    expect(answers.filter((answer) => answer !== UNKNOWN).length).toBeGreaterThan(500);
  });
});
