/** What a stage needs to see, as flags: a module reads and buffers only what some stage of it needs. */
export namespace Needs {
  /** The request's headers, which every stage gets. */
  export const Head: u32 = 0;
  /** The model's name: the body is buffered, and its top level read. */
  export const Model: u32 = 1;
  /** The request, read in full. */
  export const Conversation: u32 = 2;
  /** The answer's events. */
  export const Answer: u32 = 4;
  /** To change the answer's events: even an answer in the client's own protocol is then written anew. */
  export const EditAnswer: u32 = 8;
  /** To plan: every answer that no provider gave is then worded here. */
  export const Plan: u32 = 16;
  /** The request's body, in whatever depth. */
  export const Body: u32 = Model | Conversation;
}
