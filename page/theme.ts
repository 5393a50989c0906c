import { h } from "./dom.ts";

const THEMES = ["auto", "light", "dark"] as const;
const system = matchMedia("(prefers-color-scheme: dark)");
let at = 0;

/** Gives the page the colours that are chosen, or those of the system. */
function apply(): void {
  const theme = THEMES[at]!;
  const isDark = theme === "dark" || (theme === "auto" && system.matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
}

system.addEventListener("change", apply);
apply();

/** A button that goes from the system's colours to light ones to dark ones. */
export function themeButton(): HTMLElement {
  const button = h("button", { type: "button", class: "quiet theme" });
  const show = () => {
    button.textContent = `Colours: ${THEMES[at]!}`;
  };
  button.addEventListener("click", () => {
    at = (at + 1) % THEMES.length;
    apply();
    show();
  });
  show();
  return button;
}
