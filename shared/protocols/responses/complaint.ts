/** Where in a Responses request something is wrong. */
import { RequestComplaint } from "../complaint";

/** Keeps the first failure of a request that is being read, and knows where the reader stands: `input[1].content[0].text`. */
@final
export class ResponsesComplaint extends RequestComplaint {
  /** The element of `input` that is being read; -1 outside of it. */
  inputIndex: i32 = -1;
  /** The list inside of it: `content`, `output` or `summary`. */
  list: string = "content";
  /** The element of that list; -1 outside of lists. */
  partIndex: i32 = -1;
  /** The tool of the request; -1 outside of tools. */
  toolIndex: i32 = -1;

  override clear(): void {
    super.clear();
    this.inputIndex = this.partIndex = this.toolIndex = -1;
  }

  override path(field: string): string {
    let path = "";
    if (this.toolIndex >= 0) path = "tools[" + this.toolIndex.toString() + "]";
    else if (this.inputIndex >= 0) {
      path = "input[" + this.inputIndex.toString() + "]";
      if (this.partIndex >= 0) path += "." + this.list + "[" + this.partIndex.toString() + "]";
    }
    if (path.length == 0) return field;
    return field.length == 0 ? path : path + "." + field;
  }
}
