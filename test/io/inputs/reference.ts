import fs from "node:fs";

/** What the files in fixtures/inputs hold: 300,000 bytes, the same always, with matches near and far. */
export function referenceText(): Buffer {
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  const words = Array.from({ length: 800 }, () => "k".repeat(1 + random(3)) + random(1e6).toString(36));
  const page = Array.from({ length: 1200 }, () => words[random(words.length)]).join(" ");
  let text = "";
  for (let i = 0; text.length < 300_000; i++)
    text += `${i}:${page.slice(random(4000))}\n${"=".repeat(random(900))}`;
  return Buffer.from(text.slice(0, 300_000), "latin1");
}

/** A file of fixtures/inputs. */
export function referenceFile(name: string): Buffer {
  return fs.readFileSync(new URL(`../../../fixtures/inputs/${name}`, import.meta.url));
}
