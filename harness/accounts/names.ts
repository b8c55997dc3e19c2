import { randomBytes } from 'node:crypto';
import type { Account } from './provisioner.js';

/** Makes accounts whose names are taken neither by another run nor by another call. */
export class AccountNames {
  readonly #run = randomBytes(4).toString('hex');
  #count = 0;

  /** @param domain the domain that the accounts are for */
  constructor(private readonly domain: string) {}

  /**
   * Draws up an account; nothing is created.
   * @param hint what the name begins with; reduced to what every server and shell takes as it is
   */
  next(hint: string): Account {
    const stem = hint.toLowerCase().replace(/[^a-z0-9]/g, '') || 'user';
    const username = `${stem}-${this.#run}-${++this.#count}`;
    return { username, password: randomBytes(9).toString('hex'), jid: `${username}@${this.domain}` };
  }
}
