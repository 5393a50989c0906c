import { Splitter } from "../parsers/splitter.ts";
import { toErrorRecord } from "../src/errors.ts";
import { FileSource } from "../src/io/file-source.ts";
import { Inbox } from "./inbox.ts";
import type { SplitMessage, SplitResult, SplitTask } from "./protocol.ts";

/** Finds the chunks of a snapshot and posts them, as many at once as there are credits. */
export default async function split(task: SplitTask): Promise<SplitResult> {
  const source = new FileSource(task.path, task.identity);
  const splitter = new Splitter(source, task.header, task);
  const done = new Inbox<unknown>(task.port);
  let credits = task.credits;
  try {
    let templatesSent = 0;
    let chunks = 0;
    for (let chunk = splitter.next(); chunk !== undefined; chunk = splitter.next()) {
      const { templates, aux } = splitter.facts;
      const message: SplitMessage = {
        chunk,
        templates: templates.slice(templatesSent),
        ...(chunk.index === 0 ? { aux } : {}),
      };
      templatesSent = templates.length;
      chunks++;
      task.port.postMessage(message);
      if (--credits > 0) continue;
      await done.next();
      credits++;
    }
    return { facts: splitter.facts, chunks };
  } catch (error) {
    return { error: toErrorRecord(error), facts: splitter.facts };
  } finally {
    task.port.close();
    source.close();
  }
}
