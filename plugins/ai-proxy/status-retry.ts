/** `retryOnFailure`, where the filter itself asks again. */
import { Problems } from "../../shared/config/problems";
import { RetryPolicy } from "../../shared/pipeline/provider";
import { RetryFields } from "./config.generated";
import { StatusPatterns } from "./status-patterns";

/** Goes by the status of the provider's answer. */
@final
export class StatusRetry extends RetryPolicy {
  private statuses: StatusPatterns = new StatusPatterns();

  /** Null: it is off, or `problems` says which pattern can't be used. */
  static of(fields: RetryFields | null, path: string, problems: Problems): StatusRetry | null {
    if (fields == null) return null;
    const retry = new StatusRetry(fields.maxRetries, fields.retryTimeout);
    const patterns = fields.retryOnStatus;
    for (let i = 0; i < patterns.length; i++) {
      const problem = retry.statuses.add(patterns[i]);
      if (problem.length > 0) {
        problems.refuse(`${path}.retryOnStatus[${i}]`, `found in the pattern "${patterns[i].toString()}" ${problem}`);
        return null;
      }
    }
    return fields.enabled && retry.most > 0 ? retry : null;
  }

  override wants(status: i32): bool {
    return this.statuses.match(status);
  }
}
