/** Why a command ends, as an exit status and words. Everything else that is thrown is a defect. */

/** 0: done. 1: gateway.yaml is wrong. 2: the machine isn't as needed: a port, a variable, a file, Envoy. */
export type ExitStatus = 0 | 1 | 2;

export class CommandFailure extends Error {
  readonly status: ExitStatus;

  /** @param message What happened, where, and what to do. */
  constructor(status: ExitStatus, message: string) {
    super(message);
    this.status = status;
  }
}
