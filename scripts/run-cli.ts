import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Runs the program beside this one, from its sources where this one does; its verdict is in the result that it writes. */
export function runCli(options: readonly string[]): Promise<void> {
  const cli = fileURLToPath(new URL(`../harness/cli${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, cli, ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}
