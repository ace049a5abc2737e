import { Bytes } from "../../shared/bytes/bytes";
import { Tristate } from "../../shared/config/reader";
import { equalInConstantTime, SipHash } from "../../shared/crypto/siphash";
import { randomNumber } from "../../shared/host/environment";
import { DataBoundary } from "../../shared/pipeline/boundary";

/** A credential, and whose it is. */
@final
export class Credential {
  constructor(
    public secret: Bytes,
    /** The consumer's name; null: the credential lets in without naming anybody. */
    public consumer: Bytes | null,
    /** Names of the headers and parameters in which alone it counts; null: all. */
    public places: Array<Bytes> | null,
    /** Whether it counts in headers, and in the query; not said: as the scope says. */
    public inHeader: Tristate,
    public inQuery: Tristate,
    /** What its consumer's data may reach; null: that isn't limited. */
    public boundary: DataBoundary | null = null,
  ) {}
}

/**
 * Finds credentials in a time that depends neither on how many there are nor on how much of one is right: by a hash with a random key, then by one comparison of
 * all bytes.
 */
@final
export class CredentialTable {
  private static hash: SipHash = new SipHash(0, 0);
  private static seeded: bool = false;
  private credentials: Map<u64, Credential> = new Map<u64, Credential>();

  /** False, and `taken` holds the other, if the same secret is there already. */
  add(credential: Credential): bool {
    const hash = CredentialTable.hashOf(credential.secret);
    if (this.credentials.has(hash)) {
      this.taken = this.credentials.get(hash);
      return false;
    }
    this.credentials.set(hash, credential);
    return true;
  }

  taken: Credential | null = null;

  get size(): i32 {
    return this.credentials.size;
  }

  find(secret: Bytes): Credential | null {
    const hash = CredentialTable.hashOf(secret);
    if (!this.credentials.has(hash)) return null;
    const credential = this.credentials.get(hash);
    return equalInConstantTime(credential.secret, secret) ? credential : null;
  }

  private static hashOf(secret: Bytes): u64 {
    if (!CredentialTable.seeded) {
      CredentialTable.hash = new SipHash(randomNumber(), randomNumber());
      CredentialTable.seeded = true;
    }
    return CredentialTable.hash.of(secret);
  }
}
