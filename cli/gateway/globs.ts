/** Patterns of model names: text in which `*` stands for any characters, none included. */

/** A regular expression (RE2 and JavaScript alike) that matches a whole text exactly when the pattern does. */
export function globToRegularExpression(pattern: string): string {
  return pattern
    .split(/\*+/)
    .map((literal) => literal.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"))
    .join(".*");
}

export function globMatches(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${globToRegularExpression(pattern)})$`, "s").test(text);
}

/**
 * Whether every text that `inner` matches is matched by `outer`. Reading inner's stars as plain characters is enough: only a star of outer can match them, and it then matches
 * whatever they stand for.
 */
export function globCovers(outer: string, inner: string): boolean {
  return globMatches(outer, inner);
}
