import { Bytes, EMPTY } from "../../bytes/bytes";

/** How long what a cache point ends is kept: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CachePointBlock.html */
export enum CacheRetention {
  /** No cache points but the client's own. */
  None,
  /** Five minutes: what Bedrock does where nothing is said. */
  Short,
  /** One hour, the longest that there is. */
  Long,
}

/** What the configuration of one provider says about its requests. */
@final
export class BedrockOptions {
  /** A JSON object, whose members go into `additionalModelRequestFields`; empty for none. */
  additionalFields: Bytes = EMPTY;
  retention: CacheRetention = CacheRetention.None;
  /** Where cache points are set: behind the system texts, the last message of the user's, the last message. */
  cachesSystem: bool = true;
  cachesLastUserMessage: bool = false;
  cachesLastMessage: bool = false;
}
