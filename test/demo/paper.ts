/** What the demo is printed on: words in columns, colours only where somebody looks at them. */

import type { WriteStream } from "node:tty";

const styles = { bold: [1, 22], dim: [2, 22], green: [32, 39], red: [31, 39], cyan: [36, 39] } as const;
export type Style = keyof typeof styles;

/** Where text begins, right of the labels. */
const indent = 14;

export class Paper {
  readonly #stream: WriteStream | NodeJS.WritableStream;
  readonly #colours: boolean;
  readonly #width: number;
  /** Where the next streamed piece goes. */
  #column = indent;

  constructor(stream: WriteStream | NodeJS.WritableStream, environment: NodeJS.ProcessEnv) {
    this.#stream = stream;
    const isTerminal = "isTTY" in stream && stream.isTTY;
    // https://no-color.org: set and not empty.
    this.#colours = isTerminal && !environment.NO_COLOR && environment.TERM !== "dumb";
    // Some terminals say that they have no columns.
    const columns = (isTerminal && "columns" in stream && stream.columns) || 110;
    this.#width = Math.max(60, Math.min(columns, 120));
  }

  style(style: Style, text: string): string {
    if (!this.#colours) return text;
    const [on, off] = styles[style];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  }

  line(text = ""): void {
    this.#stream.write(`${text}\n`);
  }

  heading(text: string): void {
    this.line();
    this.line(this.style("bold", text));
  }

  /** A label and what belongs to it, wrapped between words. */
  row(label: string, text: string, style?: Style): void {
    const lines = text.split("\n").flatMap((part) => wrap(part, this.#width - indent));
    lines.forEach((part, index) => {
      const left = index === 0 ? this.style("dim", label.padEnd(indent - 4)) : " ".repeat(indent - 4);
      this.line(`  ${left}  ${style ? this.style(style, part) : part}`);
    });
  }

  /** Begins a row whose text comes piece by piece. */
  begin(label: string): void {
    this.#stream.write(`  ${this.style("dim", label.padEnd(indent - 4))}  `);
    this.#column = indent;
  }

  piece(text: string): void {
    for (const word of text.match(/\n|\s*[^\s]+|[^\S\n]+/g) ?? []) {
      if (word === "\n" || this.#column + word.length > this.#width) {
        this.#stream.write(`\n${" ".repeat(indent)}`);
        this.#column = indent;
      }
      const shown = this.#column === indent ? word.trimStart() : word;
      this.#stream.write(shown);
      this.#column += shown.length;
    }
  }

  end(): void {
    this.line();
  }

  check(holds: boolean, text: string): void {
    this.row(holds ? "✓" : "✗", text, holds ? "green" : "red");
  }
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
