/** A provider as a program: node test/providers/main.ts --protocol anthropic --port 9001. Prints one line when it is ready. */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startProvider, type Behaviour, type ProtocolName } from "./provider.ts";

const usage = `usage: node test/providers/main.ts --protocol openai|anthropic|gemini [--vendor deepseek] [--port 9001]
         [--key KEY …] [--model NAME …] [--http2] [--tls] [--ca-out FILE] [--script FILE]
A script is JSON: {"always": behaviour, "next": [behaviour, …]}; behaviour.ts tells what a behaviour may say.`;

const { values } = parseArgs({
  options: {
    protocol: { type: "string" },
    vendor: { type: "string" },
    port: { type: "string", default: "0" },
    key: { type: "string", multiple: true },
    model: { type: "string", multiple: true },
    http2: { type: "boolean", default: false },
    tls: { type: "boolean", default: false },
    "ca-out": { type: "string" },
    script: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help || !["openai", "anthropic", "gemini"].includes(values.protocol ?? "")) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}

const provider = await startProvider({
  protocol: values.protocol as ProtocolName,
  port: Number(values.port),
  http2: values.http2,
  tls: values.tls,
  ...(values.vendor === undefined ? {} : { vendor: values.vendor }),
  ...(values.key === undefined ? {} : { keys: values.key }),
  ...(values.model === undefined ? {} : { models: values.model }),
});
if (values["ca-out"] !== undefined && provider.ca !== undefined) writeFileSync(values["ca-out"], provider.ca);
if (values.script !== undefined) {
  const script = JSON.parse(readFileSync(values.script, "utf8")) as { always?: Behaviour; next?: Behaviour[] };
  if (script.always) provider.always(script.always);
  provider.next(...(script.next ?? []));
}
console.log(`${values.vendor ?? values.protocol} provider listens on ${provider.url}`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void provider.stop().then(() => process.exit(0)));
