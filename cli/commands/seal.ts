/** sluice seal PROVIDER */

import { CommandFailure } from "../failure.ts";
import { masterKeyVariable, ownerOf } from "../secrets/seal.ts";
import { howToMakeOne, sealerFromEnvironment, tell } from "./load.ts";

export interface SealOptions {
  readonly consumer?: string;
  readonly redis?: boolean;
}

/** Reads a secret from standard input, and prints it sealed, for gateway.yaml. */
export async function seal(provider: string | undefined, { consumer, redis }: SealOptions): Promise<void> {
  const owners = [
    ...(provider === undefined ? [] : [ownerOf.provider(provider)]),
    ...(consumer === undefined ? [] : [ownerOf.consumer(consumer)]),
    ...(redis ? [ownerOf.redis] : []),
  ];
  if (owners.length !== 1) throw new CommandFailure(2, "Whose key is it? One of: sluice seal PROVIDER, --consumer NAME, --redis.");
  const sealer = sealerFromEnvironment();
  if (sealer === null) throw new CommandFailure(2, `${masterKeyVariable} is not set. ${howToMakeOne}`);
  if (process.stdin.isTTY) tell("Enter the key, then Ctrl+D on a line of its own.");
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const secret = Buffer.concat(chunks).toString("utf8").trim();
  if (secret === "") throw new CommandFailure(2, "Nothing came on standard input, expected the key: sluice seal openai < key.txt");
  process.stdout.write(`${sealer.seal(secret, owners[0]!)}\n`);
}
