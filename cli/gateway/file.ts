/** gateway.yaml as it is written. */

import type { Balance, DataBoundary } from "./gateway.ts";

/** The form that the schema guarantees. */
export interface File {
  listen?: string;
  admin?: string;
  status?: string;
  access_log?: string;
  providers: Record<string, FileProvider>;
  models: FileModel[];
  consumers?: { name: string; keys: string | string[]; data?: DataBoundary }[];
  shared_objects?: string[];
  redis?: FileRedis;
  remember_failures?: boolean;
  timeouts?: { connect?: string; first_content?: string; answer?: string; stall?: string };
  limits?: { body?: string | number; answer?: string | number };
}

export type FileKey = string | { key: string; name?: string; weight?: number };

export interface FileRedis {
  url: string;
  username?: string;
  password?: string;
  timeout?: string;
  tls?: { ca?: string; server_name?: string };
}

export interface FileProvider {
  type: string;
  keys?: FileKey | FileKey[];
  key_selection?: "random" | "affinity" | "least_recently_limited";
  attempts?: number;
  probe?: { model?: string; interval?: string; timeout?: string };
  url?: string | string[];
  balance?: Balance;
  token_url?: string;
  models?: Record<string, string>;
  stateful?: boolean;
  pass_headers?: string[];
  on_unsupported?: "refuse" | "drop";
  cache?: "off" | "auto";
  windows?: Record<string, number>;
  region?: string;
  tags?: string[];
  settings?: Record<string, unknown>;
  tls?: { ca?: string; server_name?: string; cert?: string; key?: string };
  http2?: boolean;
  proxy?: string;
}

export type FileTarget = string | { provider: string; model?: string; weight?: number };

export interface FileModel {
  match: string;
  names?: string[];
  to: FileTarget | FileTarget[];
  fallback?: FileTarget | FileTarget[];
  sticky?: string;
  fallback_on?: string[];
}
