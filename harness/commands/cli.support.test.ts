import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../paths.js';

/** How a command ended, and what it said. */
export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly status: number | null;
}

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

/** Runs `xmpp-conform` from its sources, without colour. */
export function xmppConform(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--import=tsx', CLI, ...args], {
    cwd: packageRoot(),
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: '1' },
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said.err += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ ...said, status }));
  });
}
