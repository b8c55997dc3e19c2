import { execFile } from 'node:child_process';
import { TargetError } from '../wire/failure.js';
import { WITHHELD } from '../wire/transcript.js';
import { AccountNames } from './names.js';
import type { Account, Provisioner, ProvisionerContext } from './provisioner.js';

/** Each command is a process, and more of them at once than this make a small machine slower, not faster. */
const AT_ONCE = 4;

/**
 * Creates accounts with a command of the server's own, without a shell.
 * @param template the command; `{user}`, `{domain}` and `{password}` are put in after it has been split into words
 * @throws TargetError `registration` when the template can't be split
 */
export function commandProvisioner(
  template: string,
  context: Pick<ProvisionerContext, 'domain' | 'timeoutMs'>,
): Provisioner {
  const [program, ...words] = splitWords(template);
  if (program === undefined) {
    throw new TargetError('registration', 'The command that creates accounts is empty: give a program.');
  }
  const names = new AccountNames(context.domain);
  const running = new Set<AbortController>();
  const turns: (() => void)[] = [];
  let closed = false;

  const run = async (args: readonly string[], account: Account) => {
    if (running.size >= AT_ONCE) await new Promise<void>((resolve) => turns.push(resolve));
    if (closed) throw closedError(account.jid);
    const abort = new AbortController();
    running.add(abort);
    try {
      await execute(program, args, account, context.timeoutMs, abort.signal);
    } finally {
      running.delete(abort);
      turns.shift()?.();
    }
  };

  return {
    ensure: () => {},
    acquire: async (hint) => {
      const account = names.next(hint);
      const values: Readonly<Record<string, string>> = {
        '{user}': account.username,
        '{domain}': context.domain,
        '{password}': account.password,
      };
      const args = words.map((word) =>
        word.replace(/\{(?:user|domain|password)\}/g, (name) => values[name] ?? name),
      );
      await run(args, account);
      return account;
    },
    close: async () => {
      closed = true;
      for (const abort of running) abort.abort();
      for (const turn of turns.splice(0)) turn();
    },
  };
}

/**
 * Splits a command into words as a shell would: white space separates, single and double quotes group, a backslash
 * takes the next character as it is (not within single quotes). Nothing is expanded.
 * @throws TargetError `registration` when a quote is not closed
 */
export function splitWords(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < command.length; index++) {
    const char = command.charAt(index);
    if (char === '\\' && quote !== "'" && index + 1 < command.length) {
      word = (word ?? '') + command.charAt(++index);
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== '') {
    throw new TargetError('registration', `The command "${command}" has an open ${quote} quote: close it.`);
  }
  if (word !== undefined) words.push(word);
  return words;
}

function execute(
  program: string,
  args: readonly string[],
  { jid, password }: Account,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { timeout: timeoutMs, killSignal: 'SIGKILL', signal },
      (error, stdout, stderr) => {
        if (error === null) resolve();
        else if (signal.aborted) reject(closedError(jid));
        else {
          const output = `${stderr}\n${stdout}`.replaceAll(password, WITHHELD);
          reject(failure(error, program, jid, timeoutMs, output));
        }
      },
    );
    // A program that asks for the password again must see the end of its input, not wait for it.
    child.stdin?.on('error', () => {}).end();
  });
}

function failure(
  error: Error & { code?: number | string | null; killed?: boolean },
  program: string,
  jid: string,
  timeoutMs: number,
  output: string,
): TargetError {
  if (error.code === 'ENOENT' || error.code === 'EACCES') {
    return new TargetError(
      'registration',
      `The program ${program}, which is to create accounts, can't be run (${error.code}): correct its path.`,
      { cause: error },
    );
  }
  const how = error.killed ? `did not end within ${timeoutMs} ms` : `failed with status ${error.code}`;
  const said = output.trim().split('\n')[0]?.trim() ?? '';
  return new TargetError(
    'registration',
    `${program} ${how} when it was to create ${jid}${said === '' ? '' : ` ("${said}")`}: try the command by hand.`,
    { cause: error },
  );
}

function closedError(jid: string): TargetError {
  return new TargetError('registration', `${jid} was not created, because the run is ending: run again.`);
}
