/** Seals secrets for the module, and opens them: shared/secrets/sealed.ts has the form. */

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

/** The variable that the VM reads, and `render`, `seal` and `up` take theirs from. */
export const masterKeyVariable = "SLUICE_MASTER_KEY";

const prefix = "sealed:";
const version = 1;

/** Whose a sealed secret is; it can't be opened as anybody else's. */
export const ownerOf = {
  provider: (id: string): string => `provider ${id}`,
  consumer: (name: string): string => `consumer ${name}`,
  redis: "redis",
} as const;

/** 32 random bytes in base64. */
export function newMasterKey(): string {
  return randomBytes(32).toString("base64");
}

/** A master key, and what it seals and opens. */
export class Sealer {
  /** As it was given, for the environment of Envoy. */
  readonly masterKey: string;
  readonly #encryption: Buffer;
  readonly #nonces: Buffer;
  readonly #head: Buffer;

  private constructor(text: string, master: Buffer) {
    const derive = (name: string): Buffer => createHmac("sha256", master).update(`sluice sealed 1 ${name}`).digest();
    this.masterKey = text;
    this.#encryption = derive("encryption");
    this.#nonces = derive("nonces");
    this.#head = Buffer.concat([Buffer.of(version), derive("key id").subarray(0, 4)]);
  }

  /** Null unless the text is 32 bytes in base64. */
  static of(text: string): Sealer | null {
    if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null;
    return new Sealer(text, Buffer.from(text, "base64"));
  }

  /** `sealed:…`. The same secret for the same owner is sealed the same each time, so that files don't change where secrets don't: the nonce is made of both, under a key of its own. */
  seal(secret: string, owner: string): string {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(owner));
    const nonce = createHmac("sha256", this.#nonces).update(length).update(owner).update(secret).digest().subarray(0, 12);
    const cipher = createCipheriv("aes-256-gcm", this.#encryption, nonce).setAAD(Buffer.concat([this.#head, Buffer.from(owner)]));
    const ciphertext = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
    return prefix + Buffer.concat([this.#head, nonce, ciphertext, cipher.getAuthTag()]).toString("base64");
  }

  /** Why a sealed value can't be opened, as the end of a sentence that begins with its name; null: it can. */
  problemOf(sealed: string, owner: string): string | null {
    const bytes = Buffer.from(sealed.slice(prefix.length), "base64");
    if (!bytes.subarray(1, 5).equals(this.#head.subarray(1)))
      return `was sealed with another master key than ${masterKeyVariable}; seal it anew with sluice seal`;
    const decipher = createDecipheriv("aes-256-gcm", this.#encryption, bytes.subarray(5, 17))
      .setAAD(Buffer.concat([this.#head, Buffer.from(owner)]))
      .setAuthTag(bytes.subarray(-16));
    try {
      decipher.update(bytes.subarray(17, -16));
      decipher.final();
    } catch {
      return `was changed, or sealed for somebody else than ${owner}; seal it anew with sluice seal`;
    }
    return null;
  }
}

/** Why a text after `sealed:` can't be a sealed value, by its form alone; null: it can. */
export function formProblem(base64: string): string | null {
  const bytes = Buffer.from(base64, "base64");
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64) || bytes.length < 1 + 4 + 12 + 16) return "is cut, or isn't base64";
  return bytes[0] === version ? null : `is of version ${bytes[0]}, and this Sluice knows version ${version} only`;
}
