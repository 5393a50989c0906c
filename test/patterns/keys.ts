import { randomNumbers } from "./random.ts";

/** A template of a list, and how often it is drawn. */
export interface ListedTemplate {
  readonly weight: number;
  readonly text: string;
}

/** Lines of a relative weight, a tab and a template; `#` begins a comment. */
export function parseList(text: string): ListedTemplate[] {
  return text
    .split("\n")
    .map((line) => /^(\d+(?:\.\d+)?)\t(\S.*)$/.exec(line.trimEnd()))
    .filter((match) => match !== null)
    .map((match) => ({ weight: Number(match[1]), text: match[2]! }));
}

type Random = ReturnType<typeof randomNumbers>;
type Kind = (random: Random) => string;

const VOWELS = "aeiou";
const CONSONANTS = "bcdfghjklmnprstvz";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const HEX = `${DIGITS}abcdef`;
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BASE64URL = `${LOWER}${LOWER.toUpperCase()}${DIGITS}-_`;

const text = (random: Random, alphabet: string, length: number) =>
  Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join("");
const two = (n: number) => String(n).padStart(2, "0");

/** The n-th made-up word: pronounceable, and another one for each n. */
function word(n: number, syllables: number): string {
  let made = "";
  let rest = Math.imul(n + 1, 0x9e3779b1) >>> 0;
  for (let i = 0; i < syllables; i++) {
    made += CONSONANTS[rest % 17]! + VOWELS[Math.floor(rest / 17) % 5]!;
    rest = Math.floor(rest / 85);
  }
  return made;
}

/** `size` different texts made of their numbers. */
function setOf(size: number, make: (n: number) => string): readonly string[] {
  const made = new Set<string>();
  for (let n = 0; made.size < size; n++) made.add(make(n));
  return [...made];
}

const NAMES = setOf(50_000, (n) => word(n, 3 + (n % 2)) + (n % 5 === 0 ? String(n % 97) : ""));
const WORDS = setOf(500, (n) => word(n + 9000, 2 + (n % 2)));
const SLUG_WORDS = setOf(60, (n) => word(n + 700, 2));
const SLUGS = setOf(20_000, (n) =>
  Array.from(
    { length: 3 + (n % 3) },
    (_, i) => SLUG_WORDS[Math.floor(n / [1, 60, 3600, 7, 11][i]!) % 60]!,
  ).join("-"),
);
const TENANTS = setOf(300, (n) => word(n + 5000, 3) + ["", "-inc", "", "-labs"][n % 4]!);
const HOSTS = setOf(
  200,
  (n) => `${["web", "db", "cache", "worker", "edge", "api"][n % 6]!}-${two(Math.floor(n / 6))}`,
);
const DOMAINS = setOf(5000, (n) => `${word(n + 100, 3)}.${["com", "org", "net", "io", "co.uk"][n % 5]!}`);
const TICKERS = setOf(150, (n) => word(n + 300, 2).toUpperCase());
const COUNTRIES = setOf(60, (n) => LOWER[n % 26]! + LOWER[(n * 7 + Math.floor(n / 26)) % 26]!);
const LANGS = ["en", "de", "fr", "es", "pt-br", "ja", "zh-cn", "it"];
const CURRENCIES = ["USD", "EUR", "GBP", "JPY", "CHF"];
const VARIANTS = ["control", "a", "b", "holdout"];
const TOPICS = setOf(34, (n) => word(n + 2000, 2 + (n % 2)));
const SECTIONS = setOf(5, (n) => word(n + 4000, 3));
const FOLDERS = setOf(400, (n) => word(n + 6000, 2 + (n % 3)) + (n % 3 === 0 ? `-${word(n, 2)}` : ""));
const EXTENSIONS = ["html", "css", "js", "png", "webp", "pdf"];
const ORDERS = ["price", "newest", "rating", "name"];
const from = (list: readonly string[]) => (random: Random) => list[random.below(list.length)]!;
const zipf = (list: readonly string[]) => (random: Random) => list[random.zipf(list.length)]!;
const day = (r: Random) => [2024 + r.below(3), two(1 + r.below(12)), two(1 + r.below(28))] as const;
const clock = (r: Random) => `${two(r.below(24))}:${two(r.below(60))}`;

/** How an id of each kind is drawn. */
const KINDS: Readonly<Record<string, Kind>> = {
  int: (r) => String(r.below(3) === 0 ? 1 + r.zipf(1_000_000) : 1 + r.below(5_000_000)),
  uuid: (r) => [8, 4, 4, 4, 12].map((n) => text(r, HEX, n)).join("-"),
  sha1: (r) => text(r, HEX, 40),
  sha256: (r) => text(r, HEX, 64),
  ulid: (r) => `01${text(r, CROCKFORD, 24)}`,
  snowflake: (r) => `1${text(r, DIGITS, 17)}`,
  ip: (r) => [r.below(223) + 1, r.below(256), r.below(256), r.below(256)].join("."),
  email: (r) => `${from(NAMES)(r)}.${r.below(99)}@${from(DOMAINS)(r)}`,
  phone: (r) => `+${1 + r.below(98)}${text(r, DIGITS, 9)}`,
  mac: (r) => Array.from({ length: 6 }, () => text(r, HEX, 2)).join(":"),
  date: (r) => day(r).join("-"),
  minute: (r) => `${day(r).join("-")}T${clock(r)}`,
  datetime: (r) => `${day(r).join("-")}T${clock(r)}:${two(r.below(60))}Z`,
  epochms: (r) => String(1_700_000_000_000 + r.below(1e11)),
  yyyymmddhh: (r) => day(r).join("") + two(r.below(24)),
  yyyymm: (r) => day(r).slice(0, 2).join(""),
  yearweek: (r) => `${2024 + r.below(3)}-W${two(1 + r.below(52))}`,
  base64url: (r) => text(r, BASE64URL, 24 + r.below(17)),
  random8: (r) => text(r, LOWER + DIGITS, 8),
  name: zipf(NAMES),
  slug: zipf(SLUGS),
  word: from(WORDS),
  tenant: zipf(TENANTS),
  host: from(HOSTS),
  sku: (r) => `${text(r, LOWER.toUpperCase(), 2)}-${1000 + r.below(150)}-${from(["S", "M", "L", "X"])(r)}`,
  country: from(COUNTRIES),
  lang: from(LANGS),
  currency: from(CURRENCIES),
  ticker: from(TICKERS),
  variant: from(VARIANTS),
  shard: (r) => String(r.below(32)),
  pid: (r) => String(100 + r.below(900)),
  domain: zipf(DOMAINS),
  topic: (r) => from(TOPICS)(r),
  section: from(SECTIONS),
  path: (r) => Array.from({ length: 1 + r.below(4) }, () => from(FOLDERS)(r)).join("/"),
  file: (r) => `${from(FOLDERS)(r)}-${r.below(900)}.${from(EXTENSIONS)(r)}`,
  sorting: from(ORDERS),
  year: (r) => String(2016 + r.below(11)),
  month: (r) => two(1 + r.below(12)),
  day: (r) => two(1 + r.below(28)),
  page: (r) => String(1 + r.zipf(40)),
  lat: (r) => (r.below(180_000) / 1000 - 90).toFixed(4),
  lon: (r) => (r.below(360_000) / 1000 - 180).toFixed(4),
};

/** Kinds of so few values that they may stand as they are. */
const SMALL = new Set([
  ...["country", "lang", "currency", "variant", "shard", "ticker", "word", "pid"],
  ...["section", "sorting", "month", "day", "page"],
]);

const PLACE = /\{([a-z]\w*)\}/g;

/** The kind that a place in a template names. @throws {Error} when there is none */
function kindOf(name: string): Kind {
  const hex = /^hex(\d+)$/.exec(name);
  const kind = hex === null ? KINDS[name] : (r: Random) => text(r, HEX, Number(hex[1]));
  if (kind === undefined) throw new Error(`no kind "${name}"`);
  return kind;
}

/** Draws names of a list's templates by their weights; a template without places is drawn once at most. */
export class KeyMaker {
  private readonly random: Random;
  private readonly makers: (() => string)[];
  private readonly bounds: number[] = [];
  private readonly single: boolean[];
  private readonly drawn = new Set<number>();

  constructor(list: readonly ListedTemplate[], seed: number) {
    this.random = randomNumbers(seed);
    this.makers = list.map(({ text: template }) => this.maker(template));
    this.single = list.map(({ text: template }) => template.search(PLACE) < 0);
    let sum = 0;
    for (const { weight } of list) {
      sum += weight;
      this.bounds.push(sum);
    }
  }

  /** The next name, and the index of its template. */
  next(): { key: string; template: number } {
    for (;;) {
      const at = this.random.below(2 ** 30) * (this.bounds.at(-1)! / 2 ** 30);
      const template = this.bounds.findIndex((bound) => at < bound);
      if (this.single[template]! && this.drawn.has(template)) continue;
      if (this.single[template]!) this.drawn.add(template);
      return { key: this.makers[template]!(), template };
    }
  }

  private maker(template: string): () => string {
    const parts = template.split(PLACE);
    const made = parts.map((part, i) => {
      if (i % 2 === 0) return () => part;
      const kind = kindOf(part);
      return () => kind(this.random);
    });
    return () => made.map((one) => one()).join("");
  }
}

/** Texts of patterns that say what a template says: ids are `*`; small sets may be that, or stand as they are. */
export function expectedPattern(template: string): RegExp {
  const parts = template.split(PLACE);
  const source = parts.map((part, i) => {
    if (i % 2 === 0) return part.replace(/[^\w]/g, "\\$&");
    if (part === "path") return "\\*(?:/\\*)*";
    return SMALL.has(part) ? "(?:\\*|[A-Za-z0-9-]+)" : "\\*";
  });
  return new RegExp(`^${source.join("")}$`);
}
