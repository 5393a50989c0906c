import type { LAYOUT } from "../../parsers/visitor.ts";
import type { Bill } from "./bill.ts";
import type { TargetStats, ValueStats } from "./stats.ts";

/**
 * What a server's loader makes of one layout: sets the bill's encoding and adds every part of the value but
 * its object, which the key model adds.
 */
export type Finish = (stats: ValueStats, on: TargetStats, bill: Bill) => void;

/** What a server makes of every layout of a snapshot: rdbLoadObject(), rdb.c. */
export type Loader = Readonly<Record<keyof typeof LAYOUT, Finish>>;

/**
 * Adds the value's object, the key's name and its entries in the main
 * and the expires table. Runs after `Finish`.
 */
export type KeyModel = (stats: ValueStats, on: TargetStats, bill: Bill) => void;
