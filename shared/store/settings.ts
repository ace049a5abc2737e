import { Bytes, EMPTY } from "../bytes/bytes";

/** Where a Redis is and how to log in, as plugins are told. */
@final
export class RedisSettings {
  /** The cluster, whose upstream is raw TCP. */
  cluster: Bytes = EMPTY;
  /** Empty: Redis's default user. */
  username: Bytes = EMPTY;
  /** Empty: no login. Never in a log. */
  password: Bytes = EMPTY;
  /** The number of the database. */
  database: i32 = 0;
  /** How long a pipeline may take, in milliseconds. */
  timeout: u32 = 1000;

  equals(other: RedisSettings): bool {
    return (
      this.cluster.equals(other.cluster) &&
      this.username.equals(other.username) &&
      this.password.equals(other.password) &&
      this.database == other.database &&
      this.timeout == other.timeout
    );
  }
}
