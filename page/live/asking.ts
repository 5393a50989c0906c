import { h, refill } from "../dom.ts";

/** A place where what is asked is told: that it is being answered, and what went wrong. */
export interface Asking {
  readonly element: HTMLElement;
  /** Asks, and tells of it meanwhile; what was asked before is cancelled. */
  run(what: string, ask: (signal: AbortSignal) => Promise<string>): Promise<void>;
}

/** Makes such a place, with a button that cancels. */
export function asking(): Asking {
  const status = h("p", { class: "hint", role: "status" });
  const failed = h("p", { class: "failed", role: "alert" });
  let current: AbortController | undefined;
  const cancel = h(
    "button",
    { type: "button", class: "quiet", hidden: true, click: () => current?.abort() },
    "Cancel",
  );
  const run = async (what: string, ask: (signal: AbortSignal) => Promise<string>) => {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    refill(failed);
    refill(status, what);
    cancel.hidden = false;
    const told = await ask(mine.signal).catch((error: Error) => error);
    if (current !== mine) return;
    cancel.hidden = true;
    refill(status, typeof told === "string" ? told : null);
    refill(failed, typeof told === "string" ? null : told.message);
  };
  return { element: h("div", { class: "asking" }, status, failed, cancel), run };
}
