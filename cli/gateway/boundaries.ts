/** What consumers say of where their data may go, held against the providers that there are. */

import type { DataBoundary } from "./gateway.ts";
import { nearest } from "./nearest.ts";

interface Place {
  readonly region?: string;
  readonly tags?: readonly string[];
}

interface BoundaryProblem {
  /** Within `data`. */
  readonly at: readonly (string | number)[];
  readonly message: string;
}

/** A name that no provider has would keep every request back, and is a typing mistake most likely. */
export function boundaryProblems(data: DataBoundary, providers: Readonly<Record<string, Place>>): BoundaryProblem[] {
  const places = Object.values(providers);
  const regions = new Set(places.flatMap(({ region }) => region ?? []));
  const tags = new Set(places.flatMap((place) => place.tags ?? []));
  const strangers = [...strangersIn("regions", data.regions ?? [], regions), ...strangersIn("tags", data.tags ?? [], tags)];
  if (strangers.length > 0 || places.some((place) => admits(data, place))) return strangers;
  return [{ at: [], message: "data: no provider has all of this, so every request would be refused" }];
}

function strangersIn(field: string, names: readonly string[], known: ReadonlySet<string>): BoundaryProblem[] {
  return names.flatMap((name, i) => {
    if (known.has(name)) return [];
    const near = nearest(name, [...known]);
    const hint = near ? `did you mean "${near}"?` : `${field} here: ${known.size > 0 ? [...known].join(", ") : "none"}`;
    return [{ at: [field, i], message: `data.${field}: no provider has "${name}"; ${hint}` }];
  });
}

function admits(data: DataBoundary, { region, tags = [] }: Place): boolean {
  return (!data.regions || (region !== undefined && data.regions.includes(region))) && (data.tags ?? []).every((tag) => tags.includes(tag));
}
