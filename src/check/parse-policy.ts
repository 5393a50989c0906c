import { isMap, LineCounter, type Node, parseDocument } from "yaml";
import * as z from "zod";
import { UsageError } from "../errors.ts";
import { nearName } from "../near-names.ts";
import { type Place, POLICY_SCHEMA, type Policy, type PolicyRule } from "./policy.ts";
import { RULE_KINDS } from "./rules/index.ts";

/** No policy is longer. */
export const MAX_POLICY_BYTES = 1024 ** 2;
/** Characters of a wrong value that are told. */
const MAX_TOLD = 60;

type Path = readonly PropertyKey[];

/**
 * A policy, of its text as YAML 1.2 (or JSON). `path` is what messages call it.
 * @throws {UsageError} with line, column, field and what is allowed, when it is none
 */
export function parsePolicy(text: string, path: string): Policy {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  const fail = ({ line, column }: Place, message: string, more = 0): never => {
    const others = more === 0 ? "" : ` (and ${more} more)`;
    throw new UsageError(`${path}:${line}:${column}: ${message}${others}`);
  };
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) return fail(at(broken.pos[0]), `no YAML: ${broken.message.replace(/\s+/g, " ")}`);
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    return fail({ line: 1, column: 1 }, `no YAML: ${(error as Error).message}`); // aliases that grow beyond bounds
  }
  const placeOf = (where: Path): Place => at(offsetOf(document.contents, where));
  const keyPlaceOf = (where: Path, key: string): Place => at(keyOffsetOf(document.contents, where, key));
  const result = POLICY_SCHEMA.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues as [z.core.$ZodIssue];
    const more = result.error.issues.length - 1;
    if (issue.code !== "unrecognized_keys") return fail(placeOf(issue.path), problem(value, issue), more);
    const [key] = issue.keys as [string];
    return fail(keyPlaceOf(issue.path, key), unknownField(value, issue.path, key), more);
  }
  const rules = result.data.rules.map((one, i): PolicyRule => {
    const { rule, id, description, severity, ...fields } = one as Record<string, unknown> & { rule: string };
    return {
      id: (id as string | undefined) ?? rule,
      kind: RULE_KINDS.find((kind) => kind.id === rule)!,
      description: (description as string | undefined) ?? null,
      severity: (severity as PolicyRule["severity"] | undefined) ?? "error",
      fields,
      ...placeOf(["rules", i]),
    };
  });
  for (const [i, { id }] of rules.entries()) {
    const first = rules.findIndex((one) => one.id === id);
    if (first < i)
      fail(
        rules[i]!,
        `rules[${i}].id: ${id} is the rule of line ${rules[first]!.line}, too: give each an id of its own`,
      );
  }
  const waivers = (result.data.waivers ?? []).map((one, i) => ({
    ...one,
    for: one.for ?? null,
    ...placeOf(["waivers", i]),
  }));
  for (const [i, { rule }] of waivers.entries()) {
    const ids = rules.map(({ id }) => id);
    if (!ids.includes(rule))
      fail(
        placeOf(["waivers", i, "rule"]),
        `waivers[${i}].rule: there is no rule ${rule}: ${hint(rule, ids)}`,
      );
  }
  return { path, rules, waivers };
}

/** What is wrong with a value: messages of the schema are what it should be. */
function problem(root: unknown, { code, message, path }: z.core.$ZodIssue): string {
  const field = fieldName(path);
  if (path.length === 0) return `a policy is a map with the fields version and rules`;
  if (code === "custom" && path.length <= 2) return `${field}: ${message}`;
  const value = valueAt(root, path);
  if (value === undefined) return `${field} is missing: it is ${message}`;
  const expected = code === "invalid_type" && message.startsWith("Invalid") ? "a map of fields" : message;
  return `${field}: ${shown(value)} is not ${expected}`;
}

function unknownField(root: unknown, path: Path, key: string): string {
  const known = knownFields(root, path);
  return `${fieldName([...path, key])}: there is no such field: ${hint(key, known)}`;
}

/** Fields that a map at a place of the policy may have. */
function knownFields(root: unknown, path: Path): string[] {
  let schema: unknown = POLICY_SCHEMA;
  for (const [i, step] of path.entries()) {
    schema = unwrapped(schema);
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[step as string];
    schema = unwrapped(schema);
    if (schema instanceof z.ZodDiscriminatedUnion) {
      const { rule } = valueAt(root, path.slice(0, i + 1)) as { rule: string };
      schema = schema.options[RULE_KINDS.findIndex((kind) => kind.id === rule)];
    }
  }
  schema = unwrapped(schema);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;
}

function hint(name: string, known: readonly string[]): string {
  const near = nearName(name, known);
  const all = `known are ${known.join(", ")}`;
  return near === undefined ? all : `did you mean ${near}? ${all}`;
}

/** `rules[2].max_bytes` */
function fieldName(path: Path): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : `${i === 0 ? "" : "."}${String(step)}`))
    .join("");
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce(
    (value: unknown, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step],
    root,
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= MAX_TOLD ? text : `${text.slice(0, MAX_TOLD)}…`;
}

/** Where the value at a path begins, or what is nearest to it where there is none. */
function offsetOf(contents: Node | null, path: Path): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const step of path) {
    node = (node as { get?: (key: unknown, keep: boolean) => unknown }).get?.(step, true);
    const range = (node as Node | undefined)?.range;
    if (!range) break;
    offset = range[0];
  }
  return offset;
}

function keyOffsetOf(contents: Node | null, path: Path, key: string): number {
  const map =
    path.length === 0
      ? contents
      : (contents as { getIn?: (path: Path, keep: boolean) => unknown }).getIn?.(path, true);
  if (!isMap(map)) return offsetOf(contents, path);
  const pair = map.items.find((one) => String(one.key) === key);
  return (pair?.key as Node | undefined)?.range?.[0] ?? offsetOf(contents, path);
}
