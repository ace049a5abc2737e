/** The system's and developer's texts of a conversation, in order, wherever they stand: both protocols that use this have them in front of the messages. */
import { ABSENT, Span } from "../../bytes/span";
import { Conversation, Item, ItemKind } from "../conversation";
import { Outline, isLastOfTurn, isSystem } from "./outline";

/** One request's: `start`, then `next` until it says false. */
@final
export class SystemTexts {
  item: Item = NONE;
  /** The text's cache marker, or that of its turn behind the last text; raw JSON. */
  marker: Span = ABSENT;
  private conversation: Conversation = NO_CONVERSATION;
  private outline: Outline = NO_OUTLINE;
  private turn: Item = NONE;
  private at: i32 = 0;

  start(conversation: Conversation, outline: Outline): void {
    this.conversation = conversation;
    this.outline = outline;
    this.turn = NONE;
    // Without anything else they are the user's.
    this.at = outline.systemIsUser ? conversation.itemCount : 0;
  }

  next(): bool {
    const conversation = this.conversation;
    while (this.at < conversation.itemCount) {
      const index = this.at++;
      const item = conversation.item(index);
      if (item.kind == ItemKind.Turn) this.turn = item;
      else if (isSystem(this.turn.role) && item.kind == ItemKind.Text && !this.outline.leavesOut(item, conversation)) {
        this.item = item;
        this.marker = item.cacheControl == ABSENT && isLastOfTurn(conversation, index) ? this.turn.cacheControl : item.cacheControl;
        return true;
      }
    }
    this.conversation = NO_CONVERSATION;
    this.outline = NO_OUTLINE;
    return false;
  }
}

const NONE = new Item();
const NO_CONVERSATION = new Conversation();
const NO_OUTLINE = new Outline();
