import { readFile } from 'node:fs/promises';
import { TargetError } from '../wire/failure.js';
import type { Account, Provisioner } from './provisioner.js';

/**
 * Hands out the accounts of a file, in its order.
 * @param path a file of lines `JID PASSWORD`; empty lines and lines that begin with `#` are skipped
 * @param domain the domain under test
 * @throws TargetError `registration` when the file can't be read or a line has a fault
 */
export async function givenProvisioner(path: string, domain: string): Promise<Provisioner> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new TargetError('registration', `The file of accounts ${path} can't be read: check its path.`, {
      cause: error,
    });
  });
  const accounts = parseAccounts(content, path, domain);
  let used = 0;
  const ensure = (count: number) => {
    const missing = count - (accounts.length - used);
    if (missing > 0) {
      throw new TargetError(
        'registration',
        `${path} has ${accounts.length - used} unused accounts of ${accounts.length} at ${domain} and ${count} are needed: add ${missing} more.`,
      );
    }
  };
  return {
    ensure,
    acquire: async () => {
      ensure(1);
      const account = accounts[used++];
      if (account === undefined) throw new RangeError('an account was counted that is not there');
      return account;
    },
    close: async () => {},
  };
}

/**
 * Reads the lines of a file of accounts.
 * @param path for messages
 * @throws TargetError `registration` naming the line
 */
export function parseAccounts(content: string, path: string, domain: string): readonly Account[] {
  const accounts: Account[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, line] of content
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const at = `${path}:${index + 1}`;
    if (/^\s*(#|$)/.test(line)) continue;
    const [, username, host, password] =
      /^\s*([^\s@/]+)@([^\s@/]+)(?:\/\S*)?[ \t]+(.*\S)\s*$/.exec(line) ?? [];
    if (username === undefined || host === undefined || password === undefined) {
      throw new TargetError('registration', `${at} is not of the form "JID PASSWORD": correct it.`);
    }
    // Servers fold case (RFC 3920 appendix A.3), and stamp the folded form on what is compared.
    const jid = `${username}@${host}`.toLowerCase();
    if (host.toLowerCase() !== domain.toLowerCase()) {
      throw new TargetError(
        'registration',
        `${at} gives ${username}@${host}, which is not at the domain under test, ${domain}: remove it or correct --domain.`,
      );
    }
    const before = lineOf.get(jid);
    if (before !== undefined) {
      throw new TargetError(
        'registration',
        `${at} gives ${username}@${host} again after line ${before}: each account can be used once, so remove one.`,
      );
    }
    lineOf.set(jid, index + 1);
    accounts.push({ username, password, jid });
  }
  return accounts;
}
