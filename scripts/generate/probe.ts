/** Copies what `sluice probe` asks out of the fixtures, so that the package has it without the tests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readEvents } from "../../test/fixtures/events.ts";

/** The text of cli/probe/cases.generated.json: fixture → the client's request, and the objects of the answer that is expected. */
export function probeCorpus(root: string): string {
  const source = readFileSync(join(root, "cli/probe/cases.ts"), "utf8");
  const names = [...source.matchAll(/fixture: "([^"]+)"/g)].map(([, name]) => name!);
  const read = (name: string, file: string): string => readFileSync(join(root, "test/fixtures", name, file), "utf8");
  const entries = names.map((name) => {
    const answer = read(name, "client-answer");
    const objects = answer.startsWith("data:")
      ? readEvents(answer)
          .filter(({ data }) => data !== "[DONE]")
          .map(({ data }) => JSON.parse(data) as unknown)
      : [JSON.parse(answer) as unknown];
    return [name, { request: JSON.parse(read(name, "client-request")) as unknown, answer: objects }];
  });
  return JSON.stringify(Object.fromEntries(entries));
}
