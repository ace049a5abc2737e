/**
 * Sealed secrets: `sealed:` and, in base64, a version (1 byte, 1), the master key's id (4 bytes), a nonce (12), the ciphertext, a tag (16), of AES-256-GCM. cli/secrets/seal.ts writes them. Version, key id and owner are the associated data,
 * so a value can't be moved to another owner. README.md says why so.
 */
import { decodeBase64 } from "../bytes/base64";
import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { GCM_NONCE, GCM_TAG, Aes256Gcm } from "../crypto/gcm";
import { hmacSha256 } from "../crypto/hmac";
import { equalInConstantTime } from "../crypto/siphash";

const PREFIX = "sealed:";
const MASTER_KEY: i32 = 32;
const VERSION: u8 = 1;
const KEY_ID: i32 = 4;
const HEAD: i32 = 1 + KEY_ID;
/** What the master key is never used for itself is done by keys of their own, made by these. */
const ENCRYPTION_KEY = Bytes.of("sluice sealed 1 encryption");
const KEY_ID_NAME = Bytes.of("sluice sealed 1 key id");

export function isSealed(configured: Bytes): bool {
  return configured.startsWith(PREFIX);
}

/** What was found in a sealed value. */
@final
export class Opened {
  constructor(
    /** Null if it can't be opened. */
    public value: Bytes | null,
    /** Why not: what was found, and what was expected. Nothing secret is in it. */
    public problem: string = "",
  ) {}
}

/**
 * Opens a value for which `isSealed` holds.
 *
 * @param owner Whose it has to be: `provider openai`, `consumer alice`, `redis`.
 * @param master The master key, 32 bytes in base64; null: there is none.
 */
export function openSealed(configured: Bytes, owner: Bytes, master: Bytes | null): Opened {
  if (master == null || master.isEmpty)
    return refused(
      "found a sealed value, and SLUICE_MASTER_KEY is not set, or the VM may not see it; expected it to hold the key that sealed it",
    );
  const root = decodeBase64(master);
  if (root == null || root.length != MASTER_KEY)
    return refused("found a sealed value, and a SLUICE_MASTER_KEY that isn't 32 bytes in base64");
  const sealed = decodeBase64(configured.slice(PREFIX.length));
  if (sealed == null || sealed.length < HEAD + GCM_NONCE + GCM_TAG)
    return refused("found a sealed value that is cut or isn't base64, expected all of what was sealed");
  if (sealed.at(0) != VERSION) return refused(`found a sealed value of version ${sealed.at(0)}, expected version ${VERSION}`);
  if (!equalInConstantTime(sealed.slice(1, HEAD), hmacSha256(root, KEY_ID_NAME).slice(0, KEY_ID)))
    return refused("found a value that another master key than SLUICE_MASTER_KEY has sealed; seal it anew");
  const cipher = Aes256Gcm.of(hmacSha256(root, ENCRYPTION_KEY));
  if (cipher == null) return refused("found a SLUICE_MASTER_KEY that makes no key");
  const associated = new ByteWriter(64);
  associated.bytes(sealed.slice(0, HEAD));
  associated.bytes(owner);
  const value = cipher.open(sealed.slice(HEAD, HEAD + GCM_NONCE), associated.view(), sealed.slice(HEAD + GCM_NONCE));
  if (value == null)
    return refused(`found a sealed value that was changed, or sealed for somebody else than ${owner.toString()}; seal it anew`);
  if (value.isEmpty) return refused("found a sealed value with nothing in it, expected a secret");
  return new Opened(value);
}

function refused(problem: string): Opened {
  return new Opened(null, problem);
}
