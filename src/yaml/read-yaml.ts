import { isMap, LineCounter, type Node, parseDocument } from "yaml";
import * as z from "zod";
import { UsageError } from "../errors.ts";
import { nearName } from "../near-names.ts";

/** Characters of a wrong value that are told. */
const MAX_TOLD = 60;

/** Steps from the top of a document to a value in it. */
export type Path = readonly PropertyKey[];

/** Where something stands in a text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A document that is as its schema wants it. */
export interface YamlDocument<T> {
  readonly value: T;
  /** The same before the schema read it. */
  readonly written: unknown;
  /** Where the value at a path begins, or what is nearest to it where there is none. */
  readonly placeOf: (where: Path) => Place;
  /** @throws {UsageError} "file:line:column: message", the place being that of a path or a place */
  readonly fail: (where: Path | Place, message: string) => never;
}

/**
 * Reads a text as YAML 1.2 (or JSON) of a schema whose messages say what a value should be, as those of `fields.ts` do; an issue with
 * `params: { whole: true }`, or one about a map, is told as it stands. `path` is what messages call the file; `top` says what the
 * whole should be, as "a policy is a map with the fields version and rules".
 * @throws {UsageError} with line, column, field and what is allowed
 */
export function readYaml<S extends z.ZodType>(
  schema: S,
  text: string,
  path: string,
  top: string,
): YamlDocument<z.output<S>> {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  const refuse = ({ line, column }: Place, message: string, more = 0): never => {
    const others = more === 0 ? "" : ` (and ${more} more)`;
    throw new UsageError(`${path}:${line}:${column}: ${message}${others}`);
  };
  const [broken] = [...document.errors, ...document.warnings];
  if (broken?.code === "MULTIPLE_DOCS")
    return refuse(at(broken.pos[0]), "a second document begins here: a file has one");
  if (broken !== undefined)
    return refuse(at(broken.pos[0]), `no YAML: ${broken.message.replace(/\s+/g, " ")}`);
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    return refuse({ line: 1, column: 1 }, `no YAML: ${(error as Error).message}`); // aliases that grow beyond bounds
  }
  const placeOf = (where: Path): Place => at(offsetOf(document.contents, where));
  const result = schema.safeParse(value);
  if (result.success) {
    const isPath = (where: Path | Place): where is Path => Array.isArray(where);
    return {
      value: result.data,
      written: value,
      placeOf,
      fail: (where, message) => refuse(isPath(where) ? placeOf(where) : where, message),
    };
  }
  const [issue] = result.error.issues as [z.core.$ZodIssue];
  const more = result.error.issues.length - 1;
  if (issue.code !== "unrecognized_keys")
    return refuse(placeOf(issue.path), problem(value, issue, top), more);
  const [key] = issue.keys as [string];
  const place = at(keyOffsetOf(document.contents, issue.path, key));
  return refuse(place, unknownField(schema, value, issue.path, key), more);
}

/** What is wrong with a value: messages of the schema are what it should be. */
function problem(root: unknown, issue: z.core.$ZodIssue, top: string): string {
  const { code, message, path } = issue;
  const field = fieldName(path);
  if (path.length === 0) return top;
  const value = valueAt(root, path);
  const isWhole = code === "custom" && (issue.params?.whole === true || typeof value === "object");
  if (isWhole) return `${field}: ${message}`;
  if (value === undefined) return `${field} is missing: it is ${message}`;
  const expected = code === "invalid_type" && message.startsWith("Invalid") ? "a map of fields" : message;
  return `${field}: ${shown(value)} is not ${expected}`;
}

function unknownField(schema: z.ZodType, root: unknown, path: Path, key: string): string {
  if (key === "<<") return `${fieldName([...path, key])}: merge keys are not read: write the fields out`;
  return `${fieldName([...path, key])}: there is no such field: ${hint(key, knownFields(schema, root, path))}`;
}

/** Fields that a map at a place of the document may have. */
function knownFields(top: z.ZodType, root: unknown, path: Path): string[] {
  let schema = optionOf(top, root);
  for (const [i, step] of path.entries()) {
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[step as string];
    schema = optionOf(schema, valueAt(root, path.slice(0, i + 1)));
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** A schema without what makes it optional; of a union, the option that a value chooses. */
function optionOf(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodOptional) return optionOf(schema.unwrap(), value);
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const { discriminator } = schema.def;
  const chosen = (value as Record<string, unknown>)[discriminator];
  return schema.options.find((option) => {
    const literal = (option as z.ZodObject).shape[discriminator];
    return literal instanceof z.ZodLiteral && literal.value === chosen;
  });
}

/** What helps whoever misspelt a name. */
export function hint(name: string, known: readonly string[]): string {
  const near = nearName(name, known);
  const all = `known are ${known.join(", ")}`;
  return near === undefined ? all : `did you mean ${near}? ${all}`;
}

/** `rules[2].max_bytes` */
export function fieldName(path: Path): string {
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
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length <= MAX_TOLD ? text : `${text.slice(0, MAX_TOLD)}…`;
}

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
