import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../harness/paths.js';
import type { RunResult } from '../harness/verdict/result.js';
import { caseKey } from '../harness/verdict/summary.js';
import { REAL_TARGETS, startRealTarget } from './real-target.js';

/**
 * Judges a real server many times, each time a new one, and compares the outcomes case by case and clause by clause:
 * `stability NAME [RUNS] [--busy]`. With `--busy` every core is kept busy meanwhile. The exit status is 1 when any two
 * runs differ or one ended early.
 */
async function stability(): Promise<number> {
  const [given = '', count = '20', ...flags] = process.argv.slice(2);
  const name = REAL_TARGETS.find((target) => target === given);
  if (name === undefined || !/^\d+$/.test(count) || flags.some((flag) => flag !== '--busy')) {
    process.stderr.write(`usage: stability ${REAL_TARGETS.join('|')} [RUNS] [--busy]\n`);
    return 2;
  }
  const load = flags.includes('--busy') ? cpus().map(() => new Worker('for (;;) {}', { eval: true })) : [];
  const folder = await mkdtemp(join(tmpdir(), 'xmpp-conform-stability-'));
  let first: Map<string, string> | undefined;
  let differing = 0;
  try {
    for (let number = 1; number <= Number(count); number++) {
      const target = await startRealTarget(name);
      const result = await judge(target.options, join(folder, String(number))).finally(() => target.stop());
      const outcomes = outcomesOf(result);
      first ??= outcomes;
      const changed = [...new Set([...first.keys(), ...outcomes.keys()])].filter(
        (key) => first?.get(key) !== outcomes.get(key),
      );
      // A run that ended early is like another one that did, and shows nothing.
      if (changed.length > 0 || result.interrupted !== '') differing++;
      const { pass, warn, fail, blocked, error, skipped } = result.summary.cases;
      process.stdout.write(
        `run ${number}: ${pass} pass, ${warn} warn, ${fail} fail, ${blocked} blocked, ${error} error, ${skipped} skipped in ${(result.durationMs / 1000).toFixed(1)} s; worst lateness ${result.fence.latenessMs.max} ms; ${changed.length === 0 ? 'as the first' : `${changed.length} differ`}${result.interrupted === '' ? '' : `; ended early: ${result.interrupted}`}\n`,
      );
      for (const item of result.cases.filter(({ outcome }) => outcome === 'error')) {
        process.stdout.write(`  ${caseKey(item.scenario, item.case)} was not judged: ${item.reason}\n`);
      }
      for (const key of changed.slice(0, 5)) {
        process.stdout.write(`  ${key}: ${first.get(key) ?? 'absent'} -> ${outcomes.get(key) ?? 'absent'}\n`);
      }
    }
  } finally {
    await Promise.all(load.map((worker) => worker.terminate()));
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${count} runs, ${differing} of them other than the first or not complete.\n`);
  return differing === 0 ? 0 : 1;
}

async function judge(options: readonly string[], folder: string): Promise<RunResult> {
  const cli = spawn(
    process.execPath,
    [join(packageRoot(), 'dist', 'harness', 'cli.js'), ...options, '--quiet', '--output', folder],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  await new Promise((resolve, reject) => {
    cli.once('error', reject);
    cli.once('exit', resolve);
  });
  return JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as RunResult;
}

/** The outcome of every case, of every clause at every expectation, and of every choice. */
function outcomesOf(result: RunResult): Map<string, string> {
  const outcomes = new Map<string, string>();
  for (const item of result.cases) {
    const key = caseKey(item.scenario, item.case);
    outcomes.set(key, item.outcome);
    for (const [index, check] of item.checks.entries()) {
      outcomes.set(`${key} ${check.clause} at ${check.at} (check ${index + 1})`, check.outcome);
    }
    for (const choice of item.choices) outcomes.set(`${key} choice "${choice.name}"`, choice.taken);
  }
  return outcomes;
}

try {
  process.exitCode = await stability();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
