/** Something kept the harness from judging: never a pass, never a failure of the target (outcome `error`). */
export class HarnessFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HarnessFault';
  }
}

/** A precondition was not reached (outcome `blocked`). */
export class Blocked extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Blocked';
  }
}
