/** Which of DashScope's two services for conversations a model has: https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope */
import { Bytes } from "../../bytes/bytes";
import { Conversation, ItemKind } from "../conversation";

/** Whether a conversation goes to the service for texts and images: its model sees, or it has an image. */
export function isMultimodal(conversation: Conversation, model: Bytes): bool {
  if (model.contains("-vl") || model.startsWith("qvq") || model.contains("-omni") || model.contains("-ocr")) return true;
  for (let i = 0; i < conversation.itemCount; i++) if (conversation.item(i).kind == ItemKind.Image) return true;
  return false;
}
