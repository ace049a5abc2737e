/** Private keys in PEM: PKCS#8 (RFC 5958) and PKCS#1 (RFC 8017 appendix A.1.2). */
import { decodeBase64 } from "../bytes/base64";
import { Bytes } from "../bytes/bytes";
import { DerReader, DerTag } from "./der";
import { MAX_RSA_BITS, MIN_RSA_BITS, RsaNumbers, RsaPrivateKey } from "./rsa";

/** 1.2.840.113549.1.1.1, rsaEncryption. */
const RSA_ENCRYPTION: StaticArray<u8> = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const BEGIN = Bytes.of("-----BEGIN ");
const DASHES = Bytes.of("-----");

/** A key, or why there is none. */
@final
export class ReadKey {
  constructor(
    public key: RsaPrivateKey | null,
    /** What is wrong, as the end of a sentence that begins with the field's name; nothing of the key is in it. */
    public problem: string,
  ) {}
}

/** Reads an RSA private key. Line breaks may also be written `\n`, as environment variables often have them. */
export function readPrivateKey(pem: Bytes): ReadKey {
  const begin = pem.indexOfBytes(BEGIN);
  if (begin < 0) return refused("is not in PEM: no line `-----BEGIN PRIVATE KEY-----`");
  const labelled = pem.slice(begin + BEGIN.length);
  const labelEnd = labelled.indexOfBytes(DASHES);
  if (labelEnd < 0) return refused("is not in PEM: its first line is not closed by `-----`");
  const label = labelled.slice(0, labelEnd);
  const pkcs8 = label.is("PRIVATE KEY");
  if (label.is("ENCRYPTED PRIVATE KEY")) return refused("is encrypted: give it without a passphrase");
  if (!pkcs8 && !label.is("RSA PRIVATE KEY"))
    return refused("holds another kind of object than an RSA private key (`PRIVATE KEY` or `RSA PRIVATE KEY`)");
  const content = labelled.slice(labelEnd + DASHES.length);
  const end = content.indexOfBytes(DASHES);
  if (end < 0 || !content.slice(end).startsWith("-----END ")) return refused("is cut off: no line `-----END`");
  const body = content.slice(0, end);
  if (body.contains("ENCRYPTED")) return refused("is encrypted: give it without a passphrase");
  const der = decodeBase64(body);
  if (der == null) return refused("is not base64 between its first and last line");
  return pkcs8 ? readPkcs8(der) : readPkcs1(der);
}

function readPkcs8(der: Bytes): ReadKey {
  const outer = new DerReader(der);
  const info = outer.enter();
  info.unsigned();
  const algorithm = info.enter();
  const name = algorithm.read(DerTag.OBJECT_ID);
  const key = info.read(DerTag.OCTET_STRING);
  if (outer.failed || info.failed || algorithm.failed) return refused("is no PKCS#8 key: its DER is malformed");
  if (!name.equals(Bytes.whole(RSA_ENCRYPTION))) return refused("is no RSA key, which RS256 needs");
  return readPkcs1(key);
}

function readPkcs1(der: Bytes): ReadKey {
  const outer = new DerReader(der);
  const values = outer.enter();
  const version = values.unsigned();
  const numbers = new RsaNumbers();
  numbers.modulus = values.unsigned();
  numbers.publicExponent = values.unsigned();
  values.unsigned();
  numbers.prime1 = values.unsigned();
  numbers.prime2 = values.unsigned();
  numbers.exponent1 = values.unsigned();
  numbers.exponent2 = values.unsigned();
  numbers.coefficient = values.unsigned();
  if (outer.failed || values.failed) return refused("is no RSA key: its DER is malformed");
  if (!version.isEmpty) return refused("has more than two primes");
  const bits = numbers.bits;
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS)
    return refused(`has ${bits} bits: RS256 needs at least ${MIN_RSA_BITS}, and more than ${MAX_RSA_BITS} are not supported`);
  const key = RsaPrivateKey.of(numbers);
  return key == null ? refused("is damaged: its numbers don't belong together") : new ReadKey(key, "");
}

function refused(problem: string): ReadKey {
  return new ReadKey(null, problem);
}
