/** What kind of app stands behind a key of Dify's. */
import { Bytes } from "../../bytes/bytes";

export enum BotType {
  Chat,
  Completion,
  Agent,
  Workflow,
}

/** One app, as configured. */
@final
export class DifySettings {
  botType: BotType = BotType.Chat;
  /** The app's input that gets the text, of apps that aren't chats. */
  inputVariable: Bytes = Bytes.of("query");
  /** The workflow's output that is the answer. */
  outputVariable: Bytes = Bytes.of("text");

  get isChat(): bool {
    return this.botType == BotType.Chat || this.botType == BotType.Agent;
  }
}
