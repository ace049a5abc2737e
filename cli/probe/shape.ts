/** What members an answer has, whatever their values: `choices[].message.content: string`. */

/** The members of all objects with the types that they have, in alphabetical order. */
export function shapeOf(objects: readonly unknown[]): string[] {
  const members = new Set<string>();
  for (const object of objects) collect(object, "", members);
  return [...members].sort();
}

function collect(value: unknown, path: string, members: Set<string>): void {
  if (Array.isArray(value)) {
    for (const element of value) collect(element, `${path}[]`, members);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) collect(inner, path === "" ? name : `${path}.${name}`, members);
  } else members.add(`${path}: ${value === null ? "null" : typeof value}`);
}

export interface Difference {
  /** In the fixture only. */
  readonly missing: readonly string[];
  /** In the answer only. */
  readonly more: readonly string[];
}

/** What an answer has more and less than the one that the fixture expects. `created` is a number in every answer, and a placeholder in fixtures. */
export function compareShapes(expected: readonly unknown[], found: readonly unknown[]): Difference {
  const before = shapeOf(expected).map((member) => (member === "created: string" ? "created: number" : member));
  const after = shapeOf(found);
  return { missing: before.filter((member) => !after.includes(member)), more: after.filter((member) => !before.includes(member)) };
}
