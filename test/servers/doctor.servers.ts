import { describe, expect, it } from "vitest";
import { RULES } from "../../src/doctor/rules/index.ts";
import { SCENARIOS, type Scenario } from "./doctor/scenarios.ts";
import { doctor, measure, withServer } from "./doctor/support.ts";

/** How far what is saved may be from what was claimed. */
const TOLERANCE = 0.02;

type Kind = "fault" | "healthy";

/** Makes a scenario's data on a server of its own; looks at what was saved with its rule. */
async function made(
  { rule, settings = {}, thresholds = {}, info = false, ...scenario }: Scenario,
  kind: Kind,
) {
  const { answer, dump } = await withServer(settings, undefined, async (client) => ({
    told: await scenario[kind](client),
    info: info ? String(await client.send("INFO")) : undefined,
  }));
  const options = { settings, thresholds: { [rule]: thresholds }, ...(info && { info: answer.info! }) };
  const bytes = typeof answer.told === "number" ? answer.told : undefined;
  return { dump, bytes, findings: await doctor(dump, [rule], options) };
}

describe("every rule of the doctor", () => {
  it("has a scenario", () => {
    const known = new Set(SCENARIOS.map(({ rule }) => rule));
    expect(RULES.map(({ id }) => id).filter((id) => !known.has(id))).toEqual([]);
  });

  it.each(SCENARIOS)("$rule finds $name", async (scenario) => {
    const { findings } = await made(scenario, "fault");
    expect(findings.length).toBeGreaterThan(0);
    for (const { evidence, advice, rule } of findings) {
      expect(rule).toBe(scenario.rule);
      expect(evidence.length * advice.length).toBeGreaterThan(0);
    }
    if (scenario.apply === undefined) {
      expect(findings.map(({ saving_bytes: bytes }) => bytes)).toEqual(findings.map(() => null));
    }
  });

  it.each(SCENARIOS)("$rule is silent without $name", async (scenario) => {
    const { findings } = await made(scenario, "healthy");
    expect(findings.map(({ title }) => title)).toEqual([]);
  });

  it.each(SCENARIOS.filter(({ apply }) => apply !== undefined))(
    "$rule claims what the server saves: $name",
    async (scenario) => {
      const { settings = {}, apply, advised, freedMore = 0 } = scenario;
      const { dump, bytes, findings } = await made(scenario, "fault");
      expect(findings).toHaveLength(1);
      const [{ figures, saving_bytes: saving, saving_heap_bytes: heapSaving }] = findings as [
        (typeof findings)[0],
      ];
      const then = { ...settings, ...advised?.(figures) };
      const { dump: mended } = await withServer(settings, dump, (client) => apply!(client, figures));
      const before = await measure(dump, settings);
      const after = await measure(mended, then);
      const saved = (bytes ?? before.bytes) - after.bytes;
      expect(Math.abs(saved - saving!) / saved, `${saving} claimed, ${saved} saved`).toBeLessThan(TOLERANCE);
      // What a server does not load it cannot save.
      if (bytes === undefined) {
        const freed = before.usedMemory - after.usedMemory - freedMore;
        expect(Math.abs(freed - heapSaving!) / freed, `${heapSaving} of ${freed}`).toBeLessThan(TOLERANCE);
      }
      expect(await doctor(mended, [scenario.rule], { settings: then })).toEqual([]);
    },
  );
});
