/** Where a Redis is. */

export interface RedisAddress {
  readonly tls: boolean;
  /** A name or an IP address (IPv6 without brackets); "" if the URL is wrong. */
  readonly host: string;
  readonly port: number;
  readonly database: number;
}

/** @param report Takes what is wrong with it. */
export function readRedisUrl(written: string, report: (message: string) => void): RedisAddress {
  const url = URL.canParse(written) ? new URL(written) : null;
  const [, database] = /^\/?(\d{0,5})$/.exec(url?.pathname ?? "") ?? [];
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === "")
    report(`redis.url: ${JSON.stringify(written)} is not a redis or rediss URL, such as redis://127.0.0.1:6379`);
  else if (url.username !== "" || url.password !== "")
    report("redis.url: only scheme, host, port and database; the login goes into username and password");
  else if (database === undefined || Number(database) > 65_535 || url.search !== "" || url.hash !== "")
    report("redis.url: behind the port only the number of the database, such as redis://127.0.0.1:6379/1");
  return {
    tls: url?.protocol === "rediss:",
    host: (url?.hostname ?? "").replace(/^\[|\]$/g, ""),
    port: url?.port ? Number(url.port) : 6379,
    database: Number(database ?? 0),
  };
}
