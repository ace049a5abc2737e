import type { Result } from "./result.ts";
import type { Session } from "./session.ts";
export async function memory(_s: Session): Promise<Result[]> {
  return [];
}
