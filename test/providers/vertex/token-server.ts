/** Google's token endpoint: https://developers.google.com/identity/protocols/oauth2/service-account#httprest. It gives a token for an assertion that its service account has signed, and refuses whatever Google refuses. */
import { type KeyObject, createPublicKey, generateKeyPairSync, verify } from "node:crypto";

const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

export interface TokenAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A service account with a key of its own. */
export class ServiceAccount {
  readonly email = "gateway@project-1.iam.gserviceaccount.com";
  readonly tokenUri: string;
  readonly key: KeyObject = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

  constructor(tokenUri: string) {
    this.tokenUri = tokenUri;
  }

  /** The file that Google gives out. */
  file(changes: Record<string, unknown> = {}): string {
    return JSON.stringify(
      {
        type: "service_account",
        project_id: "project-1",
        private_key_id: "key-1",
        private_key: this.key.export({ type: "pkcs8", format: "pem" }),
        client_email: this.email,
        client_id: "100000000000000000000",
        auth_uri: "https://accounts.google.com/o/oauth2/auth",
        token_uri: this.tokenUri,
        universe_domain: "googleapis.com",
        ...changes,
      },
      null,
      2,
    );
  }
}

/** What the endpoint has given out. */
export class TokenServer {
  /** In the order in which they were given. */
  readonly tokens: string[] = [];
  /** Seconds. */
  lifetime = 3599;
  readonly #account: ServiceAccount;
  readonly #now: () => number;

  /** `now`: milliseconds since 1970. */
  constructor(account: ServiceAccount, now: () => number = Date.now) {
    this.#account = account;
    this.#now = now;
  }

  /** Answers a request. */
  answer(method: string, contentType: string | undefined, body: string): TokenAnswer {
    const form = new URLSearchParams(body);
    if (method !== "POST") return refused(404, "not_found", "");
    if (contentType !== "application/x-www-form-urlencoded") return refused(400, "invalid_request", "Could not parse the request.");
    if (form.get("grant_type") !== GRANT) return refused(400, "unsupported_grant_type", "Invalid grant_type");
    const problem = this.#problemOf(form.get("assertion") ?? "");
    if (problem !== null) return refused(400, "invalid_grant", problem);
    const token = `ya29.c.token-${this.tokens.length + 1}`;
    this.tokens.push(token);
    return json(200, { access_token: token, expires_in: this.lifetime, token_type: "Bearer" });
  }

  #problemOf(assertion: string): string | null {
    const [header, claims, signature, ...rest] = assertion.split(".");
    if (header === undefined || claims === undefined || signature === undefined || rest.length > 0) return "Invalid JWT";
    const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
    const { alg, typ, kid } = read(header);
    if (alg !== "RS256" || typ !== "JWT" || kid !== "key-1") return "Invalid JWT header";
    const key = createPublicKey(this.#account.key);
    if (!verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"))) return "Invalid JWT Signature.";
    const { iss, scope, aud, iat, exp } = read(claims) as { iss: string; scope: string; aud: string; iat: number; exp: number };
    if (iss !== this.#account.email || aud !== this.#account.tokenUri || scope !== SCOPE) return "Invalid JWT: wrong claims";
    const now = this.#now() / 1000;
    const skew = 60;
    return exp - iat > 3600 || iat > now + skew || exp < now - skew
      ? "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
      : null;
  }
}

function refused(status: number, error: string, description: string): TokenAnswer {
  return json(status, { error, error_description: description });
}

function json(status: number, value: unknown): TokenAnswer {
  return { status, headers: { "content-type": "application/json; charset=utf-8" }, body: JSON.stringify(value) };
}
