/**
 * Exponents of ten of the cached powers, and how many there are: fpconv_powers.h, as vendored by Redis
 * 7.2.6.
 */
const FIRST_POWER = -348;
const POWERS = 87;
const POWER_STEP = 8;
/** Binary exponents that a scaled number may have: expmin, expmax, fpconv_powers.h. */
const LEAST_EXPONENT = -60;
const MOST_EXPONENT = -32;
const LOG10_2 = Math.log10(2);

const WORD_BITS = 64;
/** Bits more than 10^348 has, for its inverse to have 64. */
const SPARE_BITS = 1400;
/**
 * Bits of a double's significand below the hidden one, that one in the upper half, and what an exponent is
 * biased by.
 */
const FRACTION_BITS = 52;
const HIDDEN_UPPER = 0x100000;
const EXPONENT_BIAS = 1075;
/** A significand of 53 bits in a word of 64. */
const SIGNIFICAND_SHIFT = 11;
/** Half a unit in the last place of such a significand. */
const HALF_UNIT = 1024;
/** Decimal digits that 32 bits may have. */
const WHOLE_DIGITS = 10;
const TWO_32 = 0x100000000;
/** Up to 60 bits are behind the point: three parts. */
const PART_BITS = 20;
const PART_MASK = (1 << PART_BITS) - 1;

/** A positive double's decimal digits: how many, and the power of ten of the last one. */
export interface DecimalDigits {
  count: number;
  scale: number;
}

/** Ten to every eighth power as 64 bits times a power of two: upper and lower half, exponent. */
interface PowerTable {
  readonly upper: Uint32Array;
  readonly lower: Uint32Array;
  readonly exponent: Int16Array;
}

/** An unsigned word of 64 bits. */
interface Word {
  upper: number;
  lower: number;
}

let powers: PowerTable | undefined;
const double = new DataView(new ArrayBuffer(8));
const word: Word = { upper: 0, lower: 0 };

/** The table's values are exact ones, rounded. */
function makePowers(): PowerTable {
  const table = {
    upper: new Uint32Array(POWERS),
    lower: new Uint32Array(POWERS),
    exponent: new Int16Array(POWERS),
  };
  for (let i = 0; i < POWERS; i++) {
    const power = FIRST_POWER + i * POWER_STEP;
    const ten = 10n ** BigInt(Math.abs(power));
    const scaled = power < 0 ? (1n << BigInt(SPARE_BITS)) / ten : ten << BigInt(SPARE_BITS);
    const surplus = scaled.toString(2).length - WORD_BITS;
    const significand = (scaled + (1n << BigInt(surplus - 1))) >> BigInt(surplus);
    table.upper[i] = Number(significand >> 32n);
    table.lower[i] = Number(significand & 0xffffffffn);
    table.exponent[i] = surplus - SPARE_BITS;
  }
  return table;
}

/**
 * Index of the power that brings a number of a binary exponent into reach. Mirrors find_cachedpow10(),
 * fpconv_powers.h.
 */
function scalingPower({ exponent }: PowerTable, of: number): number {
  let at = Math.trunc((Math.trunc(-(of + POWERS) * LOG10_2) - FIRST_POWER) / POWER_STEP);
  for (;;) {
    const scaled = of + (exponent[at] as number) + WORD_BITS;
    if (scaled < LEAST_EXPONENT) at++;
    else if (scaled > MOST_EXPONENT) at--;
    else return at;
  }
}

/** Upper half of a product of 32-bit numbers, of which `lower` is the lower half. */
const upperHalf = (a: number, b: number, lower: number) => Math.round((a * b - lower) / TWO_32);

/** `word` becomes the upper half of itself times a power, rounded. Mirrors multiply(), fpconv_dtoa.c. */
function multiply(table: PowerTable, at: number): void {
  const { upper, lower } = word;
  const powerUpper = table.upper[at] as number;
  const powerLower = table.lower[at] as number;
  const least = upperHalf(lower, powerLower, Math.imul(lower, powerLower) >>> 0);
  const first = Math.imul(upper, powerLower) >>> 0;
  const second = Math.imul(lower, powerUpper) >>> 0;
  const most = Math.imul(upper, powerUpper) >>> 0;
  const carry = Math.floor((first + second + least + TWO_32 / 2) / TWO_32);
  const sum = most + upperHalf(upper, powerLower, first) + upperHalf(lower, powerUpper, second) + carry;
  const overflow = Math.floor(sum / TWO_32);
  word.upper = upperHalf(upper, powerUpper, most) + overflow;
  word.lower = sum - overflow * TWO_32;
}

/** `word` becomes `upper:lower` plus an amount that is a power of two, or minus it. */
function setSum(upper: number, lower: number, amount: number): void {
  const sum = lower + (Math.abs(amount) < TWO_32 ? amount : 0);
  const carry = Math.floor(sum / TWO_32);
  word.upper = upper + carry + (Math.abs(amount) < TWO_32 ? 0 : amount / TWO_32);
  word.lower = sum - carry * TWO_32;
}

/**
 * The digits that Grisu2 finds for a finite double above zero: mostly the fewest that tell it from its
 * neighbours, at times more. Mirrors grisu2() and generate_digits(), fpconv_dtoa.c, as vendored by Redis
 * 7.2.6. Exact.
 */
export function grisu2(value: number, out: DecimalDigits): void {
  powers ??= makePowers();
  double.setFloat64(0, value);
  const high = double.getUint32(0);
  const low = double.getUint32(4);
  const biased = high >>> (FRACTION_BITS - 32);
  const fraction = high & (HIDDEN_UPPER - 1);
  const significand = biased === 0 ? fraction : fraction + HIDDEN_UPPER;
  let exponent = Math.max(1, biased) - EXPONENT_BIAS - SIGNIFICAND_SHIFT;
  let upper = ((significand << SIGNIFICAND_SHIFT) | (low >>> (32 - SIGNIFICAND_SHIFT))) >>> 0;
  let lower = (low << SIGNIFICAND_SHIFT) >>> 0;
  let half = HALF_UNIT;
  for (; upper < TWO_32 / 2; exponent--) {
    upper = ((upper << 1) | (lower >>> 31)) >>> 0;
    lower = (lower << 1) >>> 0;
    half *= 2;
  }
  const at = scalingPower(powers, exponent);
  setSum(upper, lower, significand === HIDDEN_UPPER && low === 0 ? -half / 2 : -half);
  multiply(powers, at);
  const leastUpper = word.upper;
  const leastLower = word.lower;
  setSum(upper, lower, half);
  multiply(powers, at);
  setSum(word.upper, word.lower, -1);
  const mostUpper = word.upper;
  const mostLower = word.lower;
  setSum(mostUpper - leastUpper, mostLower - leastLower - 1, 0);
  countDigits(mostUpper, mostLower, -(exponent + (powers.exponent[at] as number) + WORD_BITS), out);
  out.scale -= FIRST_POWER + at * POWER_STEP;
}

/** Digits of `upper:lower`, with `point` bits behind the point, until what is left is within `word`. */
function countDigits(upper: number, lower: number, point: number, out: DecimalDigits): void {
  const one = 2 ** (point - 32);
  const room = Math.floor(word.upper / one);
  word.upper -= room * one;
  let whole = Math.floor(upper / one);
  const rest = upper - whole * one;
  const isWithin = rest < word.upper || (rest === word.upper && lower <= word.lower);
  out.count = 0;
  out.scale = WHOLE_DIGITS;
  for (let ten = 10 ** (WHOLE_DIGITS - 1); out.scale > 0; ten /= 10) {
    if (whole >= ten || out.count > 0) {
      out.count++;
      whole -= Math.floor(whole / ten) * ten;
    }
    out.scale--;
    if (whole < room || (whole === room && isWithin)) return;
  }
  const stretch = 2 ** (-LEAST_EXPONENT - point);
  const high = Math.floor((lower * stretch) / TWO_32);
  const roomHigh = Math.floor((word.lower * stretch) / TWO_32);
  word.lower = word.lower * stretch - roomHigh * TWO_32;
  word.upper = word.upper * stretch + roomHigh;
  countFraction(rest * stretch + high, lower * stretch - high * TWO_32, out);
}

/** The same for the 60 bits behind the point, in parts small enough to be multiplied as integers. */
function countFraction(upper: number, lower: number, out: DecimalDigits): void {
  let first = upper >>> 8;
  let second = ((upper & 0xff) << 12) | (lower >>> PART_BITS);
  let third = lower & PART_MASK;
  let roomFirst = word.upper >>> 8;
  let roomSecond = ((word.upper & 0xff) << 12) | (word.lower >>> PART_BITS);
  let roomThird = word.lower & PART_MASK;
  let { count, scale } = out;
  do {
    third *= 10;
    second = second * 10 + (third >>> PART_BITS);
    first = first * 10 + (second >>> PART_BITS);
    roomThird *= 10;
    roomSecond = roomSecond * 10 + (roomThird >>> PART_BITS);
    roomFirst = roomFirst * 10 + (roomSecond >>> PART_BITS);
    if (first >>> PART_BITS > 0 || count > 0) count++;
    scale--;
    third &= PART_MASK;
    second &= PART_MASK;
    first &= PART_MASK;
    roomThird &= PART_MASK;
    roomSecond &= PART_MASK;
  } while (
    first > roomFirst ||
    (first === roomFirst && (second > roomSecond || (second === roomSecond && third >= roomThird)))
  );
  out.count = count;
  out.scale = scale;
}
