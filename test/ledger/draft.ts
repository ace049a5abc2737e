/** `node test/ledger/draft.ts CLIENT PROVIDER`: prints what is measured for a new pair, to be reviewed row by row, given reasons, and put into CLIENT-to-PROVIDER.json. */
import { assembly } from "../assembly/compile.ts";
import { measure } from "./measure.ts";
import { clients, type Client, type Provider } from "./protocols.ts";

const [client, provider] = process.argv.slice(2) as [Client, Provider];
const pairs = await assembly(new URL("../../shared/protocols/pairs.testing.ts", import.meta.url));
const outcomes: Record<string, unknown> = {};
for (const [name, row] of clients[client].rows) {
  try {
    outcomes[name] = measure(pairs, client, provider, row);
  } catch (error) {
    outcomes[name] = String(error);
  }
}
console.log(
  `{\n${Object.entries(outcomes)
    .map(([name, outcome]) => `  ${JSON.stringify(name)}: ${JSON.stringify(outcome)}`)
    .join(",\n")}\n}`,
);
