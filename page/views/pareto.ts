import { scaleLinear, scaleLog } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import type { Pareto, SnapshotReport } from "../../src/report-data/types.ts";
import { picture, responsive, told, xAxis, yAxis } from "../chart.ts";
import { svg } from "../dom.ts";
import { counted, humanBytes, humanShare, shareText, shortCount, thousands } from "../format.ts";
import { nothing, panel, type Section, section } from "../panel.ts";
import { table } from "../table.ts";

/** How few keys hold how much. */
export function paretoView({ pareto, sample }: SnapshotReport): Section {
  const title = "What the largest keys hold";
  const isExact = pareto.is_exact && sample === null;
  return section(
    "pareto",
    "How few keys hold the memory",
    panel({
      title,
      hint: isExact
        ? "The largest keys first; the scale of keys is logarithmic."
        : "The largest keys first; the scale of keys is logarithmic. Numbers of keys are estimates.",
      chart:
        pareto.curve.length < 2
          ? nothing("There are too few keys.")
          : responsive((width) => drawn(pareto, width)),
      behind: curveTable(pareto, isExact),
    }),
    panel({ title: "Keys that hold a share of the memory", table: holdersTable(pareto, isExact) }),
  );
}

function curveTable({ curve }: Pareto, isExact: boolean): HTMLElement {
  const bytes = curve.at(-1)?.[1] ?? 0;
  return table(
    "What the largest keys hold",
    [
      {
        title: "Largest keys",
        cell: ([keys]) => `${isExact ? "" : "≈"}${thousands(keys)}`,
        number: ([keys]) => keys,
      },
      { title: "Hold", cell: ([, held]) => humanBytes(held), number: ([, held]) => held },
      { title: "Of memory", cell: ([, held]) => shareText(held, bytes), number: ([, held]) => held },
    ],
    curve,
    { first: 24 },
  );
}

function holdersTable({ holders }: Pareto, isExact: boolean): HTMLElement {
  const about = isExact ? "" : "≈";
  return table(
    "Keys that hold a share of the memory",
    [
      { title: "Of memory", cell: (row) => humanShare(row.bytes_share), isHead: true },
      { title: "Are", cell: ({ bytes }) => humanBytes(bytes), number: ({ bytes }) => bytes, from: "half" },
      { title: "In keys", cell: ({ keys }) => `${about}${thousands(keys)}`, number: ({ keys }) => keys },
      { title: "Of keys", cell: (row) => humanShare(row.keys_share), number: (row) => row.keys_share },
      {
        title: "Each from",
        cell: (row) => humanBytes(row.smallest_bytes),
        number: (row) => row.smallest_bytes,
        from: "half",
      },
      {
        title: "Or in patterns",
        cell: (row) => thousands(row.patterns),
        number: (row) => row.patterns,
        from: "wide",
      },
    ],
    holders,
  );
}

const HEIGHT = 280;
const MARGINS = { top: 14, right: 14, bottom: 42, left: 46 };

function drawn({ curve, holders }: Pareto, width: number): SVGSVGElement {
  const { top, right, bottom, left } = MARGINS;
  const [keys, bytes] = curve.at(-1)!;
  const base = HEIGHT - bottom;
  const x = scaleLog()
    .domain([1, Math.max(10, keys)])
    .range([left, width - right]);
  const y = scaleLinear().domain([0, 1]).range([base, top]);
  const at = ([count]: readonly [number, number]) => x(Math.max(1, count));
  const up = ([, sum]: readonly [number, number]) => y(sum / bytes);
  const fill = area<readonly [number, number]>(at, base, up).curve(curveMonotoneX)(curve);
  const path = line<readonly [number, number]>(at, up).curve(curveMonotoneX)(curve);
  const points = holders.map((one) =>
    told(
      svg("circle", {
        cx: x(Math.max(1, one.keys)),
        cy: y(heldBy(curve, one.keys) / bytes),
        r: 5,
        class: "mark",
      }),
      `${humanShare(one.bytes_share)} of the memory is in ${counted(one.keys, "key")}, ${humanShare(one.keys_share)} of all`,
    ),
  );
  const decades = x
    .ticks(Math.max(2, Math.floor(width / 70)))
    .filter((value) => Number.isInteger(Math.log10(value)));
  return picture(
    width,
    HEIGHT,
    `${humanShare(holders[0]?.keys_share ?? 1)} of the keys hold half of the memory`,
    yAxis(
      [0, 0.25, 0.5, 0.75, 1].map((share) => ({ at: y(share), label: `${share * 100}%` })),
      left,
      width - right,
    ),
    svg("path", { d: fill ?? "", class: "area-fill" }),
    svg("path", { d: path ?? "", class: "curve" }),
    ...points,
    svg("line", { class: "base", x1: left, x2: width - right, y1: base, y2: base }),
    xAxis(
      decades.map((value) => ({ at: x(value), label: shortCount(value) })),
      base,
      "Largest keys",
      width + left,
    ),
  );
}

/** Bytes that so many of the largest keys hold, between the points of the curve on a straight line. */
function heldBy(curve: Pareto["curve"], keys: number): number {
  const after = curve.findIndex(([count]) => count >= keys);
  const [upper, held] = curve[after]!;
  const [lower, less] = curve[after - 1] ?? [0, 0];
  return less + ((held - less) * (keys - lower)) / (upper - lower);
}
