/** A certificate authority for tests, made in memory. X.509 by hand, since Node can read certificates but not make them: RFC 5280. */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIPv4 } from "node:net";

export interface Authority {
  /** The CA's certificate in PEM. */
  readonly certificate: string;
  /** A certificate for a server (or, by `purpose`, a client) and its key in PEM, for these host names and IPv4 addresses. */
  issue(names: string[], purpose?: "server" | "client"): { cert: string; key: string };
}

let shared: Authority | undefined;

/** The authority of this process. */
export function testAuthority(): Authority {
  return (shared ??= createAuthority());
}

export function createAuthority(): Authority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = distinguishedName("Sluice test authority");
  const usage = extension([2, 5, 29, 15], true, bitString(Buffer.from([0x06]), 1));
  const basic = extension([2, 5, 29, 19], true, sequence(der(0x01, Buffer.from([0xff]))));
  const certificate = certify({
    subject: name,
    issuer: name,
    subjectKey: keys.publicKey,
    signer: keys.privateKey,
    extensions: [basic, usage, keyIdentifier(keys.publicKey)],
  });
  return {
    certificate,
    issue(names, purpose = "server") {
      const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const alternatives = names.map((host) =>
        isIPv4(host) ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, Buffer.from(host)),
      );
      const cert = certify({
        subject: distinguishedName(names[0] ?? "localhost"),
        issuer: name,
        subjectKey: server.publicKey,
        signer: keys.privateKey,
        extensions: [
          extension([2, 5, 29, 19], true, sequence()),
          extension([2, 5, 29, 15], true, bitString(Buffer.from([0x80]), 7)),
          extension([2, 5, 29, 37], false, sequence(identifier([1, 3, 6, 1, 5, 5, 7, 3, purpose === "server" ? 1 : 2]))),
          extension([2, 5, 29, 17], false, sequence(...alternatives)),
          keyIdentifier(server.publicKey),
          extension([2, 5, 29, 35], false, sequence(der(0x80, digestOf(keys.publicKey)))),
        ],
      });
      return { cert, key: server.privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
    },
  };
}

interface Request {
  subject: Buffer;
  issuer: Buffer;
  subjectKey: KeyObject;
  signer: KeyObject;
  extensions: Buffer[];
}

function certify({ subject, issuer, subjectKey, signer, extensions }: Request): string {
  const algorithm = sequence(identifier([1, 2, 840, 10045, 4, 3, 2]));
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const day = 86_400_000;
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    issuer,
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + 365 * day))),
    subject,
    subjectKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signed = sequence(body, algorithm, bitString(sign("sha256", body, signer), 0));
  return `-----BEGIN CERTIFICATE-----\n${signed
    .toString("base64")
    .match(/.{1,64}/g)!
    .join("\n")}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, content: Buffer): Buffer {
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const used = length.subarray(length.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([tag, 0x80 | used.length]), used, content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

function bitString(bytes: Buffer, unused: number): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([unused]), bytes]));
}

function identifier([first = 0, second = 0, ...rest]: number[]): Buffer {
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return der(0x06, Buffer.from(bytes));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(der(0x31, sequence(identifier([2, 5, 4, 3]), der(0x0c, Buffer.from(commonName)))));
}

function time(date: Date): Buffer {
  return der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));
}

function extension(oid: number[], critical: boolean, value: Buffer): Buffer {
  return sequence(identifier(oid), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}

function keyIdentifier(key: KeyObject): Buffer {
  return extension([2, 5, 29, 14], false, der(0x04, digestOf(key)));
}

function digestOf(key: KeyObject): Buffer {
  const info = key.export({ type: "spki", format: "der" });
  return createHash("sha1").update(info).digest();
}
