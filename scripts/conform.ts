import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../harness/paths.js';
import { REAL_TARGETS, startRealTarget } from './real-target.js';

/**
 * Starts a real server, judges it with its known failures, and stops it: `conform NAME [--s2s] [OPTIONS]`. Options go on
 * to xmpp-conform; the exit status is its own. With `--s2s` the contacts reach the server by federation.
 */
async function conform(): Promise<number> {
  const [given = '', ...more] = process.argv.slice(2);
  const options = more.filter((option) => option !== '--s2s');
  const name = REAL_TARGETS.find((target) => target === given);
  if (name === undefined) {
    process.stderr.write(`usage: conform ${REAL_TARGETS.join('|')} [--s2s] [OPTIONS OF xmpp-conform]\n`);
    return 2;
  }
  const target = await startRealTarget(name, options.length < more.length ? 's2s' : 'component');
  try {
    return await judge([...target.options, ...knownFailures(name, options), ...options]);
  } finally {
    await target.stop();
  }
}

/** The target's own file of known failures, where there is one and the user names no other. */
function knownFailures(name: string, options: readonly string[]): string[] {
  if (options.some((option) => /^--known-failures(?:=|$)/.test(option))) return [];
  const file = join(packageRoot(), 'fixtures', 'known-failures', `${name}.xml`);
  return existsSync(file) ? ['--known-failures', file] : [];
}

function judge(options: readonly string[]): Promise<number> {
  const cli = spawn(process.execPath, [join(packageRoot(), 'dist', 'harness', 'cli.js'), ...options], {
    stdio: 'inherit',
  });
  // An interrupt reaches the child too; it writes its reports, and then the server is stopped here.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  const passOn = () => cli.kill('SIGTERM');
  process.on('SIGTERM', passOn);
  return new Promise((resolve, reject) => {
    cli.once('error', reject);
    cli.once('exit', (code) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', passOn);
      resolve(code ?? 2);
    });
  });
}

try {
  process.exitCode = await conform();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
