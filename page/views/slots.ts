import { scaleLog } from "d3-scale";
import type { Slots, SnapshotReport } from "../../src/report-data/types.ts";
import { h, refill } from "../dom.ts";
import { counted, humanBytes, humanShare, shareText, thousands } from "../format.ts";
import { panel, type Section, section } from "../panel.ts";
import { table } from "../table.ts";

/** Slots of a row, and rows: 16,384 slots. */
const SIDE = 128;
/** From little to much, in light and dark alike. */
const RAMP = ["#fdebc8", "#fbd38a", "#f8b25a", "#ef8a3c", "#dd5f2e", "#b8382b", "#84192a"];
const EMPTY = "#8e98a824";

/** How hash slots are filled, where there is something to see. */
export function slotsView({ slots }: SnapshotReport): Section | null {
  if (slots === null) return null;
  const chart = panel({
    title: "Memory of the 16,384 hash slots",
    hint: `${thousands(slots.used)} slots have keys. The fullest has ${humanBytes(slots.max_bytes)}, ${slots.max_over_mean.toFixed(2)} times the mean of all (${humanBytes(slots.mean_bytes)}) and ${humanShare(slots.top_slot_share)} of the memory; the fullest hundredth has ${humanShare(slots.top_percent_share)}.`,
    chart: heatMap(slots),
    behind: fullest(slots),
    wide: true,
  });
  if (slots.clustered) return section("slots", "Hash slots", chart);
  return section(
    "slots",
    "Hash slots",
    h(
      "details",
      {},
      h(
        "summary",
        {},
        "The snapshot is not known to be of a cluster: see how its keys would spread over slots",
      ),
      chart,
    ),
  );
}

function heatMap(slots: Slots): HTMLElement {
  const label = `Heat map of memory by slot; the fullest slot has ${slots.max_over_mean.toFixed(2)} times the mean`;
  const canvas = h("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": label, class: "heat" });
  const told = h("p", { class: "told" }, "Point at a slot to see what is in it.");
  paint(canvas, slots);
  canvas.addEventListener("pointermove", (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const column = Math.min(SIDE - 1, Math.floor(((event.clientX - left) / width) * SIDE));
    const row = Math.min(SIDE - 1, Math.floor(((event.clientY - top) / height) * SIDE));
    refill(told, slotText(slots, Math.max(0, row) * SIDE + Math.max(0, column)));
  });
  return h("div", { class: "heat-box" }, canvas, h("div", {}, told, ramp(slots)));
}

function slotText({ bytes, keys }: Slots, slot: number): string {
  return `slot ${slot}: ${humanBytes(bytes[slot]!)}, ${counted(keys[slot]!, "key")}`;
}

function colours({ bytes, max_bytes: max }: Slots): (value: number) => string {
  const min = Math.max(
    1,
    bytes.reduce((least, value) => (value > 0 ? Math.min(least, value) : least), max),
  );
  const scale = scaleLog()
    .domain([min, Math.max(min + 1, max)])
    .range([0, RAMP.length - 0.001])
    .clamp(true);
  return (value) => (value === 0 ? EMPTY : RAMP[Math.floor(scale(value))]!);
}

function paint(canvas: HTMLCanvasElement, slots: Slots): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const colour = colours(slots);
  for (const [slot, value] of slots.bytes.entries()) {
    context.fillStyle = colour(value);
    context.fillRect(slot % SIDE, Math.floor(slot / SIDE), 1, 1);
  }
}

function ramp({ max_bytes: max }: Slots): HTMLElement {
  const swatches = RAMP.map((colour) => {
    const swatch = h("span", { class: "swatch" });
    swatch.style.setProperty("background", colour);
    return swatch;
  });
  return h("p", { class: "ramp" }, "little ", ...swatches, ` ${humanBytes(max)}`);
}

function fullest({ bytes, keys }: Slots): HTMLElement {
  const all = bytes.reduce((sum, value) => sum + value, 0);
  const rows = bytes
    .map((value, slot) => ({ slot, bytes: value, keys: keys[slot]! }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 20);
  return table(
    "Fullest slots",
    [
      { title: "Slot", cell: ({ slot }) => String(slot), isHead: true },
      { title: "Memory", cell: (row) => humanBytes(row.bytes), number: (row) => row.bytes },
      { title: "Share", cell: (row) => shareText(row.bytes, all), number: (row) => row.bytes },
      { title: "Keys", cell: (row) => thousands(row.keys), number: (row) => row.keys },
    ],
    rows,
  );
}
