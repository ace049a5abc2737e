import { Bytes } from "../../bytes/bytes";

/** A tool call whose content block has begun and not ended. */
@final
export class OpenTool {
  hasArguments: bool = false;

  constructor(
    public block: i32,
    public call: i32,
    /** The input that came with the start, escaped; null where there was none. */
    public input: Bytes | null,
  ) {}
}

/** More open blocks than this nobody sends: the oldest gives way. */
const LIMIT = 128;

/** The open tool calls of a stream, by the index of their content block. Anthropic opens one after the other; some compatible servers open several at once. */
@final
export class OpenTools {
  private readonly tools: Array<OpenTool> = [];

  open(block: i32, call: i32, input: Bytes | null): void {
    if (this.tools.length == LIMIT) this.tools.shift();
    this.tools.push(new OpenTool(block, call, input));
  }

  /** The latest open one, mostly the only one, of that content block. */
  find(block: i32): OpenTool | null {
    const tools = this.tools;
    for (let i = tools.length - 1; i >= 0; i--) if (tools[i].block == block) return tools[i];
    return null;
  }

  close(block: i32): OpenTool | null {
    const tools = this.tools;
    for (let i = tools.length - 1; i >= 0; i--) {
      if (tools[i].block != block) continue;
      const tool = tools[i];
      tools.splice(i, 1);
      return tool;
    }
    return null;
  }

  /** Closes any one; null when none is open. */
  closeLast(): OpenTool | null {
    return this.tools.length > 0 ? this.tools.pop() : null;
  }
}
