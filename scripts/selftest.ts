import { type ChildProcess, fork } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadFixtures } from '../harness/fixtures.js';
import { FAULTS } from '../harness/reference/faults/index.js';
import { VARIATIONS } from '../harness/reference/variations/index.js';
import { citedClauses } from '../harness/scenario/select.js';
import type { Spec } from '../harness/verdict/result.js';
import { SPECS } from '../harness/verdict/summary.js';
import type { Job, JobResult } from './selftest/job.js';
import { type Cell, reachOf } from './selftest/reach.js';
import { judgeFault, judgeVariation, type Verdict } from './selftest/verdict.js';

/**
 * Proves the checks: every scenario passes on the sound embedded server and on each permitted variation of it, every
 * fault is caught by a clause that it names, and a fault of one cell of the state tables touches no cell out of its
 * reach. Prints the kill matrix; the exit status is 1 when anything is missing.
 *
 *   selftest [PATTERN]    only faults and variations whose id contains the pattern
 */
const pattern = process.argv[2] ?? '';

const fixtures = loadFixtures();
const cells = new Map(
  FAULTS.flatMap((fault) => {
    const cell = cellOf(fault.id);
    return cell === undefined ? [] : [[fault.id, cell] as const];
  }),
);
const tables = [...new Set([...cells.values()].map((cell) => cell.scenario))];

interface Task {
  readonly job: Job;
  readonly judge: (result: JobResult) => Verdict;
}

const tasks = [...variationTasks(), ...faultTasks()];
const verdicts = await work(tasks);
print(verdicts);

function variationTasks(): Task[] {
  const sound = SPECS.map((spec) => ({ id: `sound server (${spec})`, spec, variations: [] as string[] }));
  const varied = VARIATIONS.filter((variation) => variation.id.includes(pattern)).flatMap((variation) =>
    (variation.specs ?? SPECS).map((spec) => ({
      id: `${variation.id} (${spec})`,
      spec,
      variations: [variation.id],
    })),
  );
  return [...sound, ...varied].map(({ id, spec, variations }) => ({
    job: { id, spec, faults: [], variations, only: [] },
    judge: (result) => judgeVariation(id, result),
  }));
}

function faultTasks(): Task[] {
  return FAULTS.filter((fault) => fault.id.includes(pattern)).map((fault): Task => {
    const spec: Spec = fault.specs?.[0] ?? 'rfc3921';
    const cell = cells.get(fault.id);
    if (cell !== undefined) {
      const reach = reachOf(cell, fixtures);
      return {
        job: { id: fault.id, spec, faults: [fault.id], variations: [], only: tables },
        judge: (result) => judgeFault(fault, result, reach),
      };
    }
    return {
      job: { id: fault.id, spec, faults: [fault.id], variations: [], only: scenariosCiting(fault.breaks) },
      judge: (result) => judgeFault(fault, result, undefined),
    };
  });
}

/** The scenarios that judge any of the clauses: where a fault must show. */
function scenariosCiting(clauses: readonly string[]): string[] {
  const found = fixtures.cases.filter((play) =>
    citedClauses(play).some((clause) => clauses.includes(clause)),
  );
  return [...new Set(found.map((play) => play.scenario.id))];
}

/** `cell/out/subscribe/none/route`: a fault of one cell of the state tables. */
function cellOf(id: string): Cell | undefined {
  const [, direction, type = '', row = ''] = /^cell\/(in|out)\/([a-z]+)\/([a-z-]+)\/[a-z]+$/.exec(id) ?? [];
  if (direction !== 'in' && direction !== 'out') return undefined;
  const scenario = `subscription/${direction === 'in' ? 'inbound' : 'outbound'}-${type}`;
  return { direction, type, row, scenario };
}

/** Two workers a core: a server that keeps something back keeps its worker waiting for it. */
async function work(queue: readonly Task[]): Promise<Verdict[]> {
  const done: Verdict[] = [];
  const waiting = [...queue];
  const startedMs = Date.now();
  const worker = async () => {
    const child = fork(fileURLToPath(new URL('./selftest/worker.js', import.meta.url)));
    try {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
        const verdict =
          task.job.faults.length > 0 && task.job.only.length === 0
            ? unjudged(task.job.id)
            : task.judge(await ask(child, task.job));
        done.push(verdict);
        const seconds = Math.round((Date.now() - startedMs) / 1000);
        if (process.stderr.isTTY) {
          process.stderr.write(`\r${done.length}/${queue.length} servers, ${seconds} s \u001b[K`);
        }
      }
    } finally {
      child.disconnect();
    }
  };
  await Promise.all(Array.from({ length: Math.min(2 * cpus().length, waiting.length) }, worker));
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const order = new Map(queue.map((task, index) => [task.job.id, index]));
  return done.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
}

function unjudged(id: string): Verdict {
  return {
    id,
    kind: 'fault',
    holds: false,
    line: 'MISSED  no scenario judges any clause that it names',
    killed: [],
  };
}

function ask(child: ChildProcess, job: Job): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      child.off('exit', onExit);
      resolve(message as JobResult);
    };
    const onExit = (code: number | null) => {
      child.off('message', onMessage);
      reject(new Error(`the worker that played ${job.id} ended with status ${code}`));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
    child.send(job);
  });
}

function print(verdicts: readonly Verdict[]): void {
  const width = Math.max(...verdicts.map((verdict) => verdict.id.length));
  for (const { id, line } of verdicts) process.stdout.write(`${id.padEnd(width)}  ${line}\n`);

  const killed = new Set(verdicts.flatMap((verdict) => verdict.killed));
  const judged = new Set(fixtures.cases.flatMap(citedClauses));
  const spared = [...judged].filter((clause) => !killed.has(clause)).sort();
  if (pattern === '' && spared.length > 0) {
    process.stdout.write(`\nClauses judged that no fault has failed (${spared.length} of ${judged.size}):\n`);
    for (const clause of spared) process.stdout.write(`  ${clause}\n`);
  }
  const of = (kind: Verdict['kind']) => verdicts.filter((verdict) => verdict.kind === kind);
  const held = (kind: Verdict['kind']) => of(kind).filter((verdict) => verdict.holds).length;
  process.stdout.write(
    `\n${of('fault').length} faults, ${held('fault')} caught; ${of('variation').length} variations, ${held('variation')} passed.\n`,
  );
  process.exitCode = verdicts.every((verdict) => verdict.holds) ? 0 : 1;
}
