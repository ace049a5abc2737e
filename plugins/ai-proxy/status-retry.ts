/** `retryOnFailure`, where the filter itself asks again. */
import { Bytes } from "../../shared/bytes/bytes";
import { Problems } from "../../shared/config/problems";
import { RetryPolicy } from "../../shared/pipeline/provider";
import { Regex } from "../../shared/regex/regex";
import { RetryFields } from "./config.generated";

/** Goes by the status of the provider's answer. */
@final
export class StatusRetry extends RetryPolicy {
  private patterns: Array<Regex> = [];

  /** Null: it is off, or `problems` says which pattern can't be used. */
  static of(fields: RetryFields | null, path: string, problems: Problems): StatusRetry | null {
    if (fields == null) return null;
    const retry = new StatusRetry(fields.maxRetries, fields.retryTimeout);
    const patterns = fields.retryOnStatus;
    for (let i = 0; i < patterns.length; i++) {
      const regex = new Regex(Bytes.of(`^(?:${patterns[i].toString()})$`));
      if (regex.problem.length > 0) {
        problems.refuse(`${path}.retryOnStatus[${i}]`, `found in the pattern "${patterns[i].toString()}" ${regex.problem}`);
        return null;
      }
      retry.patterns.push(regex);
    }
    return fields.enabled && retry.most > 0 ? retry : null;
  }

  override wants(status: i32): bool {
    const text = Bytes.of(status.toString());
    for (let i = 0; i < this.patterns.length; i++) if (this.patterns[i].search(text)) return true;
    return false;
  }
}
