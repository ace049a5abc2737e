import type { Route } from "../../route.ts";
import type { Listing } from "./scenario.ts";

export const hello = { headers: { "content-type": "text/plain" }, body: "hello" };
export const slow = { status: 429, headers: { "content-type": "text/plain" }, body: "slow down" };
export const down = (script: Listing["script"] = ""): Listing => ({ rootId: "down", script });
export const up = (script: Listing["script"] = ""): Listing => ({ rootId: "up", script });
export const stream = { headers: { "content-type": "text/event-stream" }, chunks: ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"] };
/** Three pieces that together are more than 16 KiB. */
export const thick = ["x".repeat(8000), "y".repeat(8000), "z".repeat(8000)];
export const numbered = (): { headers: Record<string, string>; chunks: string[] } => ({
  headers: { "content-type": "text/event-stream" },
  chunks: ["one ", "two ", "three ", "four ", "five "],
});
export const oneTry: Route[] = [{ name: "only", cluster: "a" }];
export const tries = (n: number, more: Partial<Route> = {}): Route[] => [{ name: "plan", cluster: "plan", retry: { retries: n }, ...more }];
