/** How the parts of a table are set off. */
export interface Style {
  readonly heading: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly warning: (text: string) => string;
}

const same = (text: string) => text;
const sgr = (code: number, end: number) => (text: string) => `\x1b[${code}m${text}\x1b[${end}m`;

/** No colours: for files and pipes. */
export const PLAIN: Style = { heading: same, faint: same, warning: same };

/** For a terminal. */
export const COLOURS: Style = { heading: sgr(1, 22), faint: sgr(2, 22), warning: sgr(33, 39) };
