/** What is wrong in a file, where, and how it is shown. */

export interface Position {
  /** First character, as an offset into the file's text. */
  readonly start: number;
  /** After the last character. */
  readonly end: number;
}

export interface Problem {
  readonly severity: "error" | "warning";
  /** What was found, what was expected, and the nearest valid name if there is one. One line. */
  readonly message: string;
  readonly position: Position;
  /** Whether a secret stands at the position, which nothing shows. */
  readonly isSecret?: boolean;
}

/** The text with asterisks over the secrets that problems are about. */
export function withoutSecrets(text: string, problems: readonly Problem[]): string {
  return problems
    .filter(({ isSecret }) => isSecret)
    .reduce(
      (shown, { position: { start, end } }) => shown.slice(0, start) + shown.slice(start, end).replace(/[^\s]/gu, "*") + shown.slice(end),
      text,
    );
}

/** Line and column (both from 1; columns count characters as editors do) of an offset. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: [...before.slice(before.lastIndexOf("\n") + 1)].length + 1 };
}

/**
 * The problem as compilers print them: `file:line:column: error: message`, the line itself, and carets under what is meant.
 *
 * @param file The name to print, usually the path as the user typed it.
 */
export function describeProblem(problem: Problem, file: string, text: string): string {
  const { line, column } = lineAndColumn(text, problem.position.start);
  const lineStart = text.lastIndexOf("\n", problem.position.start - 1) + 1;
  const newline = text.indexOf("\n", problem.position.start);
  const lineEnd = newline < 0 ? text.length : newline;
  const source = text.slice(lineStart, lineEnd).replace(/\r$/, "");
  const gutter = String(line).padStart(5);
  // Tabs stay tabs below the line, so that the caret stands right whatever their width.
  const indent = source.slice(0, problem.position.start - lineStart).replace(/[^\t]/gu, " ");
  const carets = "^".repeat(Math.max(1, [...source.slice(problem.position.start - lineStart, problem.position.end - lineStart)].length));
  return `${file}:${line}:${column}: ${problem.severity}: ${problem.message}\n${gutter} | ${source}\n${" ".repeat(5)} | ${indent}${carets}`;
}

/** Problems in the order of the file, errors before warnings at the same place. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.position.start - b.position.start || a.severity.localeCompare(b.severity));
}
