import type { Start } from "../../src/cli/serve/shapes.ts";
import { h } from "../dom.ts";
import { mountReport } from "../shell.ts";
import { api } from "./api.ts";
import { consoleSection } from "./console.ts";
import { keysSection } from "./keys.ts";

const root = document.getElementById("report")!;

function show(start: Start): void {
  mountReport(root, start.report, {
    sections: [keysSection(start), consoleSection(start)],
    brand: "rdbscope",
    footer: "for this machine alone: it ends with the command that serves it.",
  });
}

root.replaceChildren(h("p", { class: "waiting", role: "status" }, "Asking rdbscope…"));
api.start().then(show, (error: Error) => {
  const sorry = h(
    "main",
    { class: "sorry" },
    h("h1", {}, "rdbscope"),
    h("p", { class: "failed", role: "alert" }, error.message),
  );
  root.replaceChildren(sorry);
});
