/** Where in a request of Gemini's something is wrong. */
import { RequestComplaint } from "../complaint";

/** Keeps the first failure of a request that is being read, and knows where the reader stands: `contents[1].parts[0].functionResponse.parts[2].inlineData`. */
@final
export class ContentComplaint extends RequestComplaint {
  /** What the request is inside of, with a dot: `generateContentRequest.`, `requests[3].`; "" at the top. */
  within: string = "";
  /** What holds the parts: `contents[1]`, `systemInstruction`, `content`; "" outside of contents. */
  content: string = "";
  /** The part that is read; -1 outside of parts. */
  partIndex: i32 = -1;
  /** The part of a function's response; -1 outside of responses. */
  innerIndex: i32 = -1;
  /** The tool of the request, and its function; -1 outside of them. */
  toolIndex: i32 = -1;
  functionIndex: i32 = -1;

  override clear(): void {
    super.clear();
    this.within = this.content = "";
    this.partIndex = this.innerIndex = this.toolIndex = this.functionIndex = -1;
  }

  override path(field: string): string {
    let path = this.content;
    if (this.toolIndex >= 0) {
      path = "tools[" + this.toolIndex.toString() + "]";
      if (this.functionIndex >= 0) path += ".functionDeclarations[" + this.functionIndex.toString() + "]";
    } else {
      if (this.partIndex >= 0) path += ".parts[" + this.partIndex.toString() + "]";
      if (this.innerIndex >= 0) path += ".functionResponse.parts[" + this.innerIndex.toString() + "]";
    }
    if (path.length == 0) {
      if (field.length > 0 || this.within.length == 0) return this.within + field;
      return this.within.endsWith(".") ? this.within.slice(0, this.within.length - 1) : this.within;
    }
    return this.within + (field.length == 0 ? path : path + "." + field);
  }
}
