import { scaleBand, scaleLinear } from "d3-scale";
import type { Histogram, SnapshotReport } from "../../src/report-data/types.ts";
import { legend } from "../bars.ts";
import { picture, responsive, told, xAxis, yAxis } from "../chart.ts";
import { svg } from "../dom.ts";
import { counted, humanBytes, shortBytes, shortCount, thousands } from "../format.ts";
import { nothing, panel, type Section, section } from "../panel.ts";
import { table } from "../table.ts";
import { typeClass } from "../types.ts";

type Class = Histogram["classes"][number];

/** How a histogram's values are told: bytes, or a count of elements. */
interface Measure {
  readonly title: string;
  readonly axis: string;
  /** What the values add up to. */
  readonly sum: string;
  readonly short: (value: number) => string;
  readonly full: (value: number) => string;
  readonly hint: string;
}

const SIZES: Measure = {
  title: "Keys by size",
  axis: "MEMORY USAGE of a key, doubling",
  sum: "memory of the keys in the class",
  short: shortBytes,
  full: humanBytes,
  hint: "Upwards how many keys are of a size, by type; downwards how much memory they take. Class ends are right within 2%.",
};
const ELEMENTS: Measure = {
  title: "Keys by number of elements",
  axis: "Elements of a key, doubling",
  sum: "elements of the keys in the class",
  short: thousands,
  full: thousands,
  hint: "Upwards how many keys have so many elements, by type; downwards how many elements these have together. Class ends are right within 2%.",
};

/** How large keys are, and how many elements they have. */
export function sizesView({ sizes, elements }: SnapshotReport): Section {
  return section("sizes", "How large keys are", histogram(sizes, SIZES), histogram(elements, ELEMENTS));
}

function histogram(data: Histogram, measure: Measure): HTMLElement {
  const { title, hint } = measure;
  if (data.classes.length === 0) {
    return panel({
      title,
      chart: nothing("Nothing to show: no such keys, or the inventory keeps this for whole snapshots only."),
    });
  }
  const classes = filledClasses(data.classes);
  return panel({
    title,
    hint,
    chart: responsive((width) => drawn(data.types, classes, measure, width)),
    table: legend(...legendOf(data.types)),
    behind: table(
      title,
      [
        { title: "From", cell: ({ min }) => measure.full(min), number: ({ min }) => min },
        { title: "To", cell: ({ max }) => measure.full(max), number: ({ max }) => max },
        { title: "Keys", cell: (row) => thousands(keysOf(row)), number: keysOf },
        ...data.types.map((type, i) => ({
          title: type,
          cell: ({ keys }: Class) => thousands(keys[i]!),
          number: ({ keys }: Class) => keys[i]!,
          from: "wide" as const,
        })),
        { title: "Together", cell: ({ sum }) => measure.full(sum), number: ({ sum }) => sum },
      ],
      data.classes.filter((row) => keysOf(row) > 0),
      { sortable: true, sorted: 0 },
    ),
  });
}

function legendOf(types: readonly string[]) {
  return types.map((type) => ({ label: type, paint: typeClass(type) }));
}

const keysOf = ({ keys }: Class) => keys.reduce((sum, count) => sum + count, 0);

/** At least so many classes, so that a single one is not as broad as the page. */
const FEWEST = 8;

function filledClasses(classes: readonly Class[]): Class[] {
  const all = [...classes];
  while (all.length < FEWEST) {
    const { max, keys } = all.at(-1)!;
    all.push({ min: max + 1, max: 2 * max, keys: keys.map(() => 0), sum: 0 });
  }
  return all;
}

const UP = 180;
const DOWN = 70;
const MARGINS = { top: 10, right: 8, bottom: 42, left: 46 };

function drawn(types: readonly string[], classes: readonly Class[], measure: Measure, width: number) {
  const { top, right, bottom, left } = MARGINS;
  const middle = top + UP;
  const height = middle + DOWN + bottom;
  const x = scaleBand<number>()
    .domain(classes.map((_, i) => i))
    .range([left, width - right])
    .paddingInner(0.12);
  const up = scaleLinear()
    .domain([0, Math.max(...classes.map(keysOf))])
    .nice(4)
    .range([0, UP]);
  const down = scaleLinear()
    .domain([0, Math.max(1, ...classes.map(({ sum }) => sum))])
    .range([0, DOWN - 6]);
  const bars = classes.flatMap((one, i) => {
    let from = middle;
    const parts = types.map((type, t) => {
      const length = up(one.keys[t]!);
      from -= length;
      const text = `${measure.full(one.min)} to ${measure.full(one.max)}, ${type}: ${counted(one.keys[t]!, "key")}`;
      return told(rect(x(i)!, from, x.bandwidth(), length, typeClass(type)), text);
    });
    const below = rect(x(i)!, middle + 2, x.bandwidth(), down(one.sum), "sum");
    return [
      ...parts,
      told(
        below,
        `${measure.full(one.min)} to ${measure.full(one.max)}: ${measure.full(one.sum)}, the ${measure.sum}`,
      ),
    ];
  });
  const every = Math.ceil(classes.length / Math.max(2, Math.floor((width - left) / 74)));
  const ticks = classes.flatMap(({ max }, i) =>
    i % every === every - 1 || classes.length <= 2
      ? [
          {
            at: Math.min(x(i)! + x.bandwidth() / 2, width - 3.5 * (measure.short(max).length + 1)),
            label: `≤${measure.short(max)}`,
          },
        ]
      : [],
  );
  const marks = up.ticks(4).map((value) => ({ at: middle - up(value), label: shortCount(value) }));
  const busiest = classes.toSorted((a, b) => keysOf(b) - keysOf(a))[0]!;
  const label = `${measure.title}: most keys, ${thousands(keysOf(busiest))}, have ${measure.full(busiest.min)} to ${measure.full(busiest.max)}`;
  return picture(
    width,
    height,
    label,
    yAxis(marks, left, width - right),
    ...bars,
    svg("line", { class: "base", x1: left, x2: width - right, y1: middle + 1, y2: middle + 1 }),
    xAxis(ticks, middle + DOWN - 4, measure.axis, width + left),
  );
}

function rect(x: number, y: number, width: number, height: number, paint: string): SVGRectElement {
  return svg("rect", { x, y, width, height: Math.max(0, height), class: paint });
}
