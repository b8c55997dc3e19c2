import { stat } from 'node:fs/promises';
import { TargetError } from '../wire/failure.js';
import type { NegotiationOptions } from '../wire/negotiation.js';
import { commandProvisioner } from './command.js';
import { givenProvisioner } from './given.js';
import { registerProvisioner } from './register.js';

/** An account on the target that no scenario has used yet. */
export interface Account {
  /** The localpart. */
  readonly username: string;
  readonly password: string;
  /** The bare JID. */
  readonly jid: string;
}

/** Hands out accounts, each of them once. */
export interface Provisioner {
  /**
   * Makes sure, as far as can be known in advance, that this many more accounts can be had.
   * @throws TargetError `registration` saying how many are missing
   */
  ensure(count: number): void;
  /**
   * Gives an account that nobody has been given before.
   * @param hint what a created account's name begins with, `romeo`; given accounts keep their names
   * @throws TargetError `registration`, or what kept the harness from reaching the target
   */
  acquire(hint: string): Promise<Account>;
  /** Lets go of connections; requests under way fail. */
  close(): Promise<void>;
}

/** The target as provisioners see it. */
export type ProvisionerContext = NegotiationOptions;

/**
 * Picks how accounts are come by.
 * @param spec `register` (XEP-0077), a command with `{user}`, or the path of a file of accounts
 * @throws TargetError `registration` when it is none of these, or the file has a fault
 */
export async function openProvisioner(spec: string, context: ProvisionerContext): Promise<Provisioner> {
  if (spec === 'register') return registerProvisioner(context);
  if (spec.includes('{user}')) return commandProvisioner(spec, context);
  const found = await stat(spec).catch(() => undefined);
  if (found?.isFile()) return await givenProvisioner(spec, context.domain);
  throw new TargetError(
    'registration',
    `Accounts can't be had from "${spec}": give "register", a command with {user}, or an existing file of lines "JID PASSWORD".`,
  );
}
