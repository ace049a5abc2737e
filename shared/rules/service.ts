import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { FirstRules, NO_RULE } from "./first-rules";

const BAR: u8 = 0x7c;

/**
 * A cluster's name, as rules may write it. Istio and Higress call clusters `outbound|443|subset|api.example.com`: rules then name the domain, or the domain and the
 * port. Any other name, and that one too, can be written as it is.
 */
@final
export class ServiceName {
  private cluster: Bytes = new Bytes();
  /** The domain, and the domain with its port; empty where the cluster's name has no such parts. */
  private domain: Bytes = new Bytes();
  private domainAndPort: Bytes = new Bytes();
  private writer: ByteWriter = new ByteWriter();

  set(cluster: Bytes): this {
    this.cluster.set(cluster.buffer, cluster.start, cluster.length);
    this.domain.length = 0;
    this.domainAndPort.length = 0;
    const first = cluster.indexOf(BAR);
    const second = first < 0 ? -1 : cluster.indexOf(BAR, first + 1);
    const third = second < 0 ? -1 : cluster.indexOf(BAR, second + 1);
    if (third < 0 || cluster.indexOf(BAR, third + 1) >= 0) return this;
    const domainLength = cluster.length - third - 1;
    this.domain.set(cluster.buffer, cluster.start + third + 1, domainLength);
    this.writer.clear();
    this.writer.bytes(this.domain);
    this.writer.byte(0x3a);
    this.writer.range(cluster.buffer, cluster.start + first + 1, second - first - 1);
    this.writer.pointAt(this.domainAndPort);
    return this;
  }

  /** The number of the first rule that lists this service in any of its forms; `NO_RULE` if none does. */
  firstOf(rules: FirstRules): i32 {
    let first = this.cluster.isEmpty ? NO_RULE : rules.find(this.cluster);
    if (!this.domain.isEmpty) first = min(first, rules.find(this.domain));
    if (!this.domainAndPort.isEmpty) first = min(first, rules.find(this.domainAndPort));
    return first;
  }
}
