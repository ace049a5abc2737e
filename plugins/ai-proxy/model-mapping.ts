import { Bytes } from "../../shared/bytes/bytes";
import { TextMap } from "../../shared/config/text-map";
import { escapedName } from "./provider";

/** From the client's name of a model to a provider's: exact names first, then the longest beginning (`gpt-*`), then `*`. An empty target keeps the name. */
@final
export class ModelMapping {
  private exact: TextMap = new TextMap();
  private stems: Array<Bytes> = [];
  private stemTargets: Array<Bytes> = [];

  constructor(configured: TextMap) {
    const names = configured.names;
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      const target = escapedName(configured.values[i]);
      if (name.at(name.length - 1) == 0x2a) {
        this.stems.push(name.slice(0, name.length - 1));
        this.stemTargets.push(target);
      } else this.exact.set(name, target);
    }
  }

  /** The provider's name, escaped; null: as the client says. `model` is UTF-8. */
  of(model: Bytes): Bytes | null {
    let target = this.exact.get(model);
    let longest = -1;
    if (target == null) {
      for (let i = 0; i < this.stems.length; i++) {
        const stem = this.stems[i];
        if (stem.length > longest && model.startsWithBytes(stem)) {
          longest = stem.length;
          target = this.stemTargets[i];
        }
      }
    }
    return target != null && target.isEmpty ? null : target;
  }
}
