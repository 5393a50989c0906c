/** What stands in an element: text is text always, whatever it holds. */
export type Child = Node | string | null | undefined | false;

type Listener = (event: Event) => void;
type Attributes = Readonly<Record<string, string | number | boolean | undefined | Listener>>;

/** Makes an HTML element: functions listen to the event they are named after, `true` is an attribute without a value. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

const SVG = "http://www.w3.org/2000/svg";

/** The same of an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** A name from the snapshot, which keeps its direction of writing to itself. */
export function named(text: string): HTMLElement {
  return h("bdi", { class: "name" }, text);
}

/** A sentence, with what stands between backticks in it as code. */
export function prose(text: string): (Node | string)[] {
  return text.split("`").map((part, i) => (i % 2 === 1 ? h("code", {}, part) : part));
}

/** Text for those who hear the page. */
export function heard(text: string): HTMLElement {
  return h("span", { class: "heard" }, text);
}

/** Sets places and sizes, which no style attribute may under our policy. */
export function styled<E extends HTMLElement | SVGElement>(
  element: E,
  styles: Readonly<Record<string, string>>,
): E {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value);
  return element;
}

/** Puts other children into an element. */
export function refill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  filled(element, {}, children);
}

let ids = 0;
/** A name that no other element of the page has. */
export function freshId(): string {
  ids++;
  return `e${ids}`;
}
