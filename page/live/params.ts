import type { Question } from "../../src/cli/serve/shapes.ts";
import { freshId, h, refill } from "../dom.ts";

/** Boxes for the parameters of a question that has a name. */
export interface Params {
  readonly element: HTMLElement;
  /** Shows those of a question, with their defaults. */
  of(question: Question): void;
  none(): void;
  /** `name=value` of each that is given. */
  values(): string[];
}

export function paramInputs(): Params {
  const element = h("div", { class: "filters" });
  let inputs: HTMLInputElement[] = [];
  const none = () => {
    inputs = [];
    refill(element);
  };
  const of = ({ params }: Question) => {
    inputs = params.map((param) =>
      h("input", {
        id: freshId(),
        name: param.name,
        value: param.default ?? undefined,
        placeholder: param.default === undefined ? "needed" : "all",
        title: param.meaning,
        autocomplete: "off",
        spellcheck: "false",
      }),
    );
    refill(
      element,
      ...inputs.map((input, i) =>
        h("div", {}, h("label", { for: input.id }, `${input.name}: ${params[i]!.meaning}`), input),
      ),
    );
  };
  const values = () =>
    inputs.filter(({ value }) => value !== "").map(({ name, value }) => `${name}=${value}`);
  return { element, of, none, values };
}
