/** How big a key is by the thresholds for its type; what is between normal and big is worth a look. */
export const BIG_KEY_CLASSES = ["normal", "review", "big", "dangerous"] as const;

type BigKeyClass = (typeof BIG_KEY_CLASSES)[number];

const KIB = 1024;
const MIB = 1024 * KIB;

/** From where on a key is no longer normal (inclusive), and above what it is big and dangerous (exclusive). */
interface Thresholds {
  readonly review: number;
  readonly big: number;
  readonly dangerous: number;
}

/** Bytes of a value that has no elements. */
const STRINGS: Thresholds = { review: 100 * KIB, big: MIB, dangerous: 10 * MIB };
const ELEMENTS: Thresholds = { review: 1_000, big: 10_000, dangerous: 100_000 };
const ENTRIES: Thresholds = { review: 10_000, big: 100_000, dangerous: 1_000_000 };
/** Memory above which a key of any number of elements is big and dangerous. */
const MEMORY: Thresholds = { review: Number.POSITIVE_INFINITY, big: MIB, dangerous: 10 * MIB };

interface SizedKey {
  readonly type: string;
  readonly bytes: number;
  readonly elements: number | null;
  readonly largest_element_bytes: number;
}

/** The class of a key: strings by STRLEN, all others by elements and memory, whichever is worse; what has neither by its memory. */
export function bigKeyClass({ type, bytes, elements, largest_element_bytes: length }: SizedKey): BigKeyClass {
  if (elements === null) return classOf(type === "string" ? length : bytes, STRINGS);
  const classes = [classOf(elements, type === "stream" ? ENTRIES : ELEMENTS), classOf(bytes, MEMORY)];
  return BIG_KEY_CLASSES.findLast((one) => classes.includes(one))!;
}

function classOf(size: number, { review, big, dangerous }: Thresholds): BigKeyClass {
  if (size > dangerous) return "dangerous";
  if (size > big) return "big";
  return size >= review ? "review" : "normal";
}
