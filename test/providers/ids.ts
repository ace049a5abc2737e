/** Ids in the vendors' forms. */
import { randomBytes, randomUUID } from "node:crypto";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Random letters and digits. */
export function word(length: number): string {
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join("");
}

export function hex(length: number): string {
  return randomBytes(length).toString("hex").slice(0, length);
}

export const uuid = randomUUID;
