/** Whether an address is free, and who has it if not. */

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { formatAddress } from "../gateway/addresses.ts";
import type { Address } from "../gateway/gateway.ts";
import { CommandFailure } from "../failure.ts";

/** Fails with who has the port, and what to do, unless this process could listen there. */
export async function needFreeAddress(address: Address, field: "listen" | "admin"): Promise<void> {
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ ...address, exclusive: true }, () => server.close(() => resolve(null)));
  });
  if (error === null) return;
  const where = formatAddress(address);
  const words: Record<string, string> = {
    EADDRINUSE: `${where} is taken${ownerOf(address.port)}. Stop that process, or set another ${field} in gateway.yaml.`,
    EACCES: `This user may not listen on ${where}. Ports from 1024 on need no rights: set another ${field} in gateway.yaml.`,
    EADDRNOTAVAIL: `${address.host} is no address of this machine. Set another ${field} in gateway.yaml.`,
  };
  throw new CommandFailure(2, words[error.code ?? ""] ?? `Can't listen on ${where}: ${error.message}`);
}

/** An address of this machine that is free, for a gateway that nobody else has to find. */
export function freeLoopbackAddress(): Promise<Address> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve({ host: "127.0.0.1", port }));
    });
  });
}

/** " by node (process 123)", as far as /proc shows it to this user. */
function ownerOf(port: number): string {
  try {
    const sockets = new Set(
      ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`),
    );
    if (sockets.size === 0) return "";
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      if (descriptors(pid).some((target) => sockets.has(target)))
        return ` by ${readFileSync(`/proc/${pid}/comm`, "utf8").trim()} (process ${pid})`;
    }
  } catch {
    // Not Linux, or a process that ended meanwhile: the message does without.
  }
  return "";
}

/** https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html; state 0A is LISTEN. */
function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync(table, "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) && columns[3] === "0A")
    .map((columns) => columns[9]!);
}

function descriptors(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return "";
      }
    });
  } catch {
    return [];
  }
}
