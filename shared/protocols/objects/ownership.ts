import { Bytes } from "../../bytes/bytes";
import { ObjectPath } from "./path";

/** Whose objects are. What the readers of answers ask, and tell; who implements it knows the caller. */
export abstract class Ownership {
  constructor(
    /** What was asked for. */
    public path: ObjectPath,
  ) {}

  /** How many elements of a list the client wants. */
  limit: i32 = 0;

  /** Whether the object is the caller's. */
  abstract owns(id: Bytes): bool;

  /** The provider has made this object for the caller, or names it as a result of one of the caller's. */
  abstract made(id: Bytes): void;

  /** The provider has deleted the object that was asked for. */
  abstract gone(): void;
}
