import { costsSection } from "./costs.ts";
import { dataSection } from "./data.ts";
import { forecastSection } from "./forecast.ts";
import { machinesSection } from "./machines.ts";
import { patternsSection } from "./patterns.ts";
import { savingsSection } from "./savings.ts";
import { scenariosSection } from "./scenarios.ts";
import type { PlanSection } from "./section.ts";
import { shardsSection } from "./shards.ts";
import { termsSection } from "./terms.ts";

/** The tables of a plan, in the order in which they are shown. A new one: a file, and a line here. */
export const PLAN_SECTIONS: readonly PlanSection[] = [
  scenariosSection,
  dataSection,
  termsSection,
  patternsSection,
  machinesSection,
  shardsSection,
  costsSection,
  savingsSection,
  forecastSection,
];
