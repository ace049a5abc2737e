/** Where in a Messages request something is wrong. */
import { RequestComplaint } from "../complaint";

/** Keeps the first failure of a request that is being read, and knows where the reader stands: `messages[1].content[0].content[2].text`. */
@final
export class MessagesComplaint extends RequestComplaint {
  /** The message that is being read; -1 outside of messages. */
  messageIndex: i32 = -1;
  /** The block of its content, or of `system`; -1 outside of blocks. */
  blockIndex: i32 = -1;
  /** The block inside a tool's result; -1 outside of results. */
  innerIndex: i32 = -1;
  /** The tool of the request; -1 outside of tools. */
  toolIndex: i32 = -1;

  override clear(): void {
    super.clear();
    this.messageIndex = this.blockIndex = this.innerIndex = this.toolIndex = -1;
  }

  override path(field: string): string {
    let path = "";
    if (this.toolIndex >= 0) path = "tools[" + this.toolIndex.toString() + "]";
    else if (this.messageIndex >= 0) {
      path = "messages[" + this.messageIndex.toString() + "]";
      if (this.blockIndex >= 0) path += ".content[" + this.blockIndex.toString() + "]";
      if (this.innerIndex >= 0) path += ".content[" + this.innerIndex.toString() + "]";
    } else if (this.blockIndex >= 0) path = "system[" + this.blockIndex.toString() + "]";
    if (path.length == 0) return field;
    return field.length == 0 ? path : path + "." + field;
  }
}
