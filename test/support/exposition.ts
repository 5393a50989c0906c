/** A sample as Prometheus reads it. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a file in the text format says. */
export interface Exposition {
  readonly help: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly ReadSample[];
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9.e+]+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

/** Reads the text format of Prometheus, version 0.0.4, strictly. @throws {Error} for what it would refuse */
export function readExposition(text: string): Exposition {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const help = new Map<string, string>();
  const types = new Map<string, string>();
  const samples: ReadSample[] = [];
  const known = new Set<string>();
  for (const line of text.slice(0, -1).split("\n")) {
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === "HELP") help.set(name!, rest!);
    else if (kind === "TYPE") {
      if (types.has(name!)) throw new Error(`${name} has two types`);
      types.set(name!, rest!);
    } else {
      const sample = readSample(line);
      // Samples of a name stand together, behind its type.
      if ([...types.keys()].at(-1) !== sample.name)
        throw new Error(`${sample.name} stands apart from its type`);
      const identity = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (known.has(identity)) throw new Error(`twice: ${line}`);
      known.add(identity);
      samples.push(sample);
    }
  }
  return { help, types, samples };
}

function readSample(line: string): ReadSample {
  const [, name, labels = "", value] = LINE.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  const found: [string, string][] = [];
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < labels.length) {
    const label = LABEL.exec(labels);
    if (label === null) throw new Error(`no labels: ${labels}`);
    found.push([label[1]!, label[2]!.replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c))]);
  }
  if (new Set(found.map(([key]) => key)).size !== found.length) throw new Error(`a label twice: ${line}`);
  return { name, labels: Object.fromEntries(found), value: Number(value) };
}
