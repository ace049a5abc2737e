/** `claudeCodeMode`: the headers that Claude Code sends with a token of its login. */
import { Bytes } from "../../shared/bytes/bytes";
import { ByteWriter } from "../../shared/bytes/writer";
import { HeaderBuilder } from "../../shared/host/pairs";
import { Exchange } from "../../shared/pipeline/exchange";

const OWN = "claude-code-20250219,oauth-2025-04-20";
const value = new ByteWriter(128);
const view = new Bytes();

/** Writes them, with the features that the client itself asks for behind Claude Code's own. */
export function writeClaudeCodeHeaders(exchange: Exchange, version: Bytes, token: Bytes, head: HeaderBuilder): void {
  head.set("anthropic-version", version);
  value.clear();
  value.ascii(OWN);
  const asked = exchange.head.find("anthropic-beta", view);
  if (asked != null && !asked.isEmpty) {
    value.byte(0x2c);
    value.bytes(asked);
  }
  head.set("anthropic-beta", value.pointAt(view));
  head.setAscii("x-app", "cli");
  head.setAscii("user-agent", "claude-cli/2.1.2 (external, cli)");
  value.clear();
  value.ascii("Bearer ");
  value.bytes(token);
  head.set("authorization", value.pointAt(view));
}
