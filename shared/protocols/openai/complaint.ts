/** Where in a chat completion something is wrong. */
import { RequestComplaint } from "../complaint";

/** Keeps the first failure of a request that is being read, and knows where the reader stands. */
@final
export class Complaint extends RequestComplaint {
  /** The message that is being read; -1 outside of messages. */
  messageIndex: i32 = -1;
  /** The part of its content; -1 outside of parts. */
  partIndex: i32 = -1;
  /** The tool call of the message, or the tool of the request; -1 outside of them. */
  toolIndex: i32 = -1;

  override clear(): void {
    super.clear();
    this.messageIndex = this.partIndex = this.toolIndex = -1;
  }

  override path(field: string): string {
    let path = "";
    if (this.messageIndex >= 0) {
      path = "messages[" + this.messageIndex.toString() + "]";
      if (this.partIndex >= 0) path += ".content[" + this.partIndex.toString() + "]";
      else if (this.toolIndex >= 0) path += ".tool_calls[" + this.toolIndex.toString() + "]";
    } else if (this.toolIndex >= 0) path = "tools[" + this.toolIndex.toString() + "]";
    if (path.length == 0) return field;
    return field.length == 0 ? path : path + "." + field;
  }
}
