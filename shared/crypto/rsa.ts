/** RSA signatures, RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2, https://www.rfc-editor.org/rfc/rfc8017#section-8.2): what JSON web tokens call RS256. */
import { Bytes } from "../bytes/bytes";
import { copyBytes } from "../bytes/copy";
import { Modulus, limbCount, multiplyAdd, newNumber, readNumber, writeNumber } from "./montgomery";
import { SHA256_LENGTH, sha256 } from "./sha256";

/** RFC 7518 section 3.3 has no smaller keys for RS256. */
export const MIN_RSA_BITS: i32 = 2048;
/** A longer key would only take time: an exponentiation grows with the third power. */
export const MAX_RSA_BITS: i32 = 8192;

/** DigestInfo in front of a SHA-256 digest (RFC 8017 section 9.2, note 1). */
// prettier-ignore
const DIGEST_INFO: StaticArray<u8> = [
  0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
];

/** The numbers of a private key, as RFC 8017 appendix A.1.2 names them: big-endian, without zeros in front. */
@final
export class RsaNumbers {
  modulus: Bytes = new Bytes();
  publicExponent: Bytes = new Bytes();
  prime1: Bytes = new Bytes();
  prime2: Bytes = new Bytes();
  exponent1: Bytes = new Bytes();
  exponent2: Bytes = new Bytes();
  coefficient: Bytes = new Bytes();

  /** The modulus' length in bits. */
  get bits(): i32 {
    return bitsOf(this.modulus);
  }
}

/** A private key, ready to sign. */
@final
export class RsaPrivateKey {
  private size: i32;
  private limbs: i32;
  private modulus: Modulus;
  private prime1: Modulus;
  private prime2: Modulus;
  private factor2: StaticArray<u32>;
  private coefficient: StaticArray<u32>;
  private publicExponent: Bytes;
  private exponent1: Bytes;
  private exponent2: Bytes;

  /** Use `of`: it checks the numbers. */
  constructor(numbers: RsaNumbers) {
    const limbs = limbCount(max(bitsOf(numbers.prime1), bitsOf(numbers.prime2)));
    const all = limbCount(numbers.bits);
    const factor2 = readNumber(numbers.prime2, limbs);
    this.size = numbers.modulus.length;
    this.limbs = limbs;
    this.prime1 = new Modulus(readNumber(numbers.prime1, limbs), limbs);
    this.prime2 = new Modulus(factor2, limbs);
    this.factor2 = factor2;
    this.coefficient = readNumber(numbers.coefficient, limbs);
    this.modulus = new Modulus(readNumber(numbers.modulus, all), all);
    this.publicExponent = numbers.publicExponent.copy();
    this.exponent1 = numbers.exponent1.copy();
    this.exponent2 = numbers.exponent2.copy();
  }

  /** A key of numbers that belong together; null: they are no key. Signs once to be sure, and checks that. */
  static of(numbers: RsaNumbers): RsaPrivateKey | null {
    const bits = numbers.bits;
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) return null;
    const primeBits1 = bitsOf(numbers.prime1);
    const primeBits2 = bitsOf(numbers.prime2);
    // The modulus of two primes of n and m bits has n + m bits, or one less.
    if (primeBits1 + primeBits2 < bits || primeBits1 + primeBits2 > bits + 1) return null;
    if (!isOdd(numbers.modulus) || !isOdd(numbers.prime1) || !isOdd(numbers.prime2)) return null;
    if (numbers.publicExponent.isEmpty || numbers.publicExponent.length > 8) return null;
    if (numbers.exponent1.length > numbers.prime1.length || numbers.exponent2.length > numbers.prime2.length) return null;
    if (numbers.coefficient.length > numbers.prime1.length) return null;
    const key = new RsaPrivateKey(numbers);
    return key.sign(Bytes.of("Sluice")) == null ? null : key;
  }

  /** The signature of a message, as long as the key's modulus, in a buffer of its own. Never a wrong one, which would give the key away: null if the numbers don't belong together. */
  sign(message: Bytes): Bytes | null {
    const encoded = this.encode(message);
    const limbs = this.limbs;
    const wide = readNumber(encoded, 2 * limbs);
    // By the Chinese remainder theorem (section 5.1.2): two powers modulo numbers half as long take a quarter of the time.
    const root1 = this.prime1.power(this.prime1.enterWide(wide), this.exponent1);
    const root2 = this.prime2.leave(this.prime2.power(this.prime2.enterWide(wide), this.exponent2));
    const difference = newNumber(limbs);
    this.prime1.subtract(root1, this.prime1.enter(root2), difference);
    const quotient = newNumber(limbs);
    this.prime1.multiply(difference, this.coefficient, quotient);
    this.prime1.reduce(quotient);
    const signature = Bytes.whole(new StaticArray<u8>(this.size));
    writeNumber(multiplyAdd(quotient, this.factor2, root2, limbs), signature);
    return this.recovers(signature, encoded) ? signature : null;
  }

  /** Whether the public key makes the encoded message of a signature. */
  private recovers(signature: Bytes, encoded: Bytes): bool {
    const modulus = this.modulus;
    const power = modulus.power(modulus.enter(readNumber(signature, modulus.limbs)), this.publicExponent);
    const recovered = Bytes.whole(new StaticArray<u8>(this.size));
    writeNumber(modulus.leave(power), recovered);
    return recovered.equals(encoded);
  }

  /** EMSA-PKCS1-v1_5 (section 9.2). */
  private encode(message: Bytes): Bytes {
    const encoded = Bytes.whole(new StaticArray<u8>(this.size));
    const digest = encoded.length - SHA256_LENGTH;
    const info = digest - DIGEST_INFO.length;
    encoded.fill(0x01, 1, 2);
    encoded.fill(0xff, 2, info - 1);
    copyBytes(encoded.pointer + <usize>info, changetype<usize>(DIGEST_INFO), DIGEST_INFO.length);
    copyBytes(encoded.pointer + <usize>digest, sha256(message).pointer, SHA256_LENGTH);
    return encoded;
  }
}

function isOdd(number: Bytes): bool {
  return (number.at(number.length - 1) & 1) == 1;
}

function bitsOf(number: Bytes): i32 {
  return number.isEmpty ? 0 : number.length * 8 - clz<i32>(<i32>number.at(0)) + 24;
}
