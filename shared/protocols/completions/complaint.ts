/** Where in a completion request something is wrong: every field stands at the top. */
import { RequestComplaint } from "../complaint";

@final
export class CompletionComplaint extends RequestComplaint {
  override path(field: string): string {
    return field;
  }
}
