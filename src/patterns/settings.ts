import { MAX_SEGMENTS } from "./segments.ts";

/** Segments that can be told apart. */
export const MAX_DEPTH = MAX_SEGMENTS - 1;

/** What an analysis was told of patterns. Structured-cloneable, and kept in the inventory. */
export interface PatternSettings {
  /** Users' own templates, in the order in which they are tried: see `parseTemplate`. */
  readonly templates?: readonly string[] | undefined;
  /** The only bytes that part names; default: see `Segments`. */
  readonly separators?: string | undefined;
  /** Segments of a name that are told apart; what follows is one wildcard. */
  readonly depth?: number | undefined;
}

/** A user's own template. */
interface OwnTemplate {
  /** Over the name, a character a byte. */
  readonly regex: RegExp;
  /** The pattern of a name that matches. */
  readonly text: (match: RegExpExecArray) => string;
}

const PLACE = /\{[A-Za-z_][\w-]*\}|\*/g;

/**
 * Understands a template: `sess:{id}` or `sess:*` (a place stands for one byte or more; what follows a place in the template ends it),
 * or a regular expression between slashes, `/^sess:(\w+)/`, whose groups become `*`.
 * @throws {SyntaxError} when the expression is none. @throws {RangeError} when the template has no place
 */
export function parseTemplate(template: string): OwnTemplate {
  const expression = /^\/(.+)\/$/s.exec(template)?.[1];
  if (expression !== undefined) {
    const regex = new RegExp(latin1(expression), "d");
    if (new RegExp(`${latin1(expression)}|`).exec("")!.length < 2) throw new RangeError("it has no group");
    return { regex, text: withoutGroups };
  }
  const parts = template.split(PLACE);
  if (parts.length < 2) throw new RangeError("it has no place such as {id}");
  const source = parts.map((part) => latin1(part).replace(/[^\w]/g, "\\$&"));
  const joined = source.reduce(
    (all, part, i) => `${all}${i === source.length - 1 && part === "" ? "[^]+" : "[^]+?"}${part}`,
  );
  const text = parts.join("*");
  return { regex: new RegExp(`^${joined}$`), text: () => text };
}

/** The name with every group that matched replaced; groups inside of others go with them. */
function withoutGroups({ 0: all, indices, index, input }: RegExpExecArray): string {
  let text = input.slice(0, index);
  let at = index;
  for (const range of indices!.slice(1)) {
    if (range === undefined || range[0] < at) continue;
    text += `${input.slice(at, range[0])}*`;
    at = range[1];
  }
  return fromLatin1(
    text + input.slice(at, index + all.length) + (index + all.length < input.length ? "*" : ""),
  );
}

function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function fromLatin1(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}

/** Users' own templates. Where there are any, a text is made for each name. */
export class OwnTemplates {
  private readonly templates: readonly OwnTemplate[];

  constructor(templates: readonly string[]) {
    this.templates = templates.map(parseTemplate);
  }

  /** The pattern of the name in `[start, end)`, by the first template that fits. */
  find(bytes: Uint8Array, start: number, end: number): string | undefined {
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
    for (const { regex, text } of this.templates) {
      const match = regex.exec(name);
      if (match !== null) return text(match);
    }
    return undefined;
  }
}

/**
 * Checks what somebody chose.
 * @throws {RangeError} with one line on what is wrong
 */
export function checkPatternSettings({ templates = [], separators, depth }: PatternSettings): void {
  for (const template of templates) {
    try {
      parseTemplate(template);
    } catch (error) {
      throw new RangeError(`template ${template}: ${(error as Error).message}`);
    }
  }
  if (separators !== undefined && !/^[!-)+-/:-@[-`{-~ ]{1,15}$/.test(separators))
    throw new RangeError(
      `separators "${separators}": expected one to 15 characters of ASCII without letters, digits and *`,
    );
  if (depth !== undefined && !(Number.isInteger(depth) && depth >= 1 && depth <= MAX_DEPTH))
    throw new RangeError(`depth ${depth}: expected a whole number from 1 to ${MAX_DEPTH}`);
}
