/** A listening socket on 127.0.0.1: HTTP/1.1, h2c with prior knowledge, or TLS with both by ALPN. */
import * as http from "node:http";
import * as http2 from "node:http2";
import * as https from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { testAuthority } from "./certificates.ts";
import type { Response } from "./delivery.ts";

export type TlsOption = boolean | { names?: string[]; wantsClient?: boolean } | { cert: string; key: string } | undefined;
export type Handler = (request: http.IncomingMessage | http2.Http2ServerRequest, response: Response) => Promise<void>;

export interface Listener {
  readonly port: number;
  readonly ca: string | undefined;
  stop(): Promise<void>;
}

/** Listens; a handler that fails is a defect of the server, so its error is printed and the connection dropped. */
export async function listen(options: { http2: boolean; tls: TlsOption; port: number }, handler: Handler): Promise<Listener> {
  const sessions = new Set<http2.ServerHttp2Session>();
  const sockets = new Set<Socket>();
  const handle = (request: http.IncomingMessage | http2.Http2ServerRequest, response: Response): void => {
    response.on("error", () => {});
    handler(request, response).catch((error: unknown) => {
      console.error("provider:", error);
      request.destroy();
    });
  };
  const identity = identityOf(options.tls);
  const server = open(options.http2, identity, handle);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("session", (session: http2.ServerHttp2Session) => {
    sessions.add(session);
    session.on("error", () => {});
    session.once("close", () => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    ca: identity?.ca,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

interface Identity {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
  /** Whether a client has to show a certificate of the same authority. */
  readonly wantsClient?: boolean;
}

function identityOf(tls: TlsOption): Identity | undefined {
  if (!tls) return undefined;
  if (typeof tls === "object" && "cert" in tls) return { ...tls, ca: undefined };
  const authority = testAuthority();
  const names = typeof tls === "object" ? (tls.names ?? []) : [];
  return {
    ...authority.issue(["localhost", "127.0.0.1", ...names]),
    ca: authority.certificate,
    wantsClient: typeof tls === "object" && tls.wantsClient,
  };
}

function open(withHttp2: boolean, identity: Identity | undefined, handle: (request: any, response: any) => void): Server {
  if (identity === undefined) {
    if (withHttp2) return http2.createServer(handle);
    return http.createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, handle);
  }
  const { cert, key, ca } = identity;
  const keys = { cert, key, ...(identity.wantsClient && { ca, requestCert: true, rejectUnauthorized: true }) };
  if (withHttp2) return http2.createSecureServer({ ...keys, allowHTTP1: true }, handle);
  return https.createServer({ ...keys, keepAliveTimeout: 60_000, requestTimeout: 0 }, handle);
}
