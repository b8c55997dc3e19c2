import { loadFixtures } from '../harness/fixtures.js';
import type { Fault, Variation } from '../harness/reference/deviations.js';
import { FAULTS } from '../harness/reference/faults/index.js';
import { VARIATIONS } from '../harness/reference/variations/index.js';
import { citedClauses } from '../harness/scenario/select.js';
import type { Spec } from '../harness/verdict/result.js';
import { SPECS } from '../harness/verdict/summary.js';
import { Crew } from './selftest/crew.js';
import type { Job, JobResult } from './selftest/job.js';
import { type Matrix, matrixOf } from './selftest/matrix.js';
import { type Cell, reachOf } from './selftest/reach.js';
import { joined, shares } from './selftest/survey.js';
import {
  type Baseline,
  baselineOf,
  judgeFault,
  judgeVariation,
  unnoticed,
  type Verdict,
} from './selftest/verdict.js';

/**
 * Proves the checks: every scenario passes on the sound embedded server and on each permitted variation of it, every
 * fault is caught by a clause that it names, a fault of one cell of the state tables touches no cell out of its
 * reach, and no clause is left that a server can break but none has. Prints the kill matrix; the exit status is 1 when
 * anything is missing.
 *
 *   selftest [PATTERN]    only faults and variations whose id contains the pattern; the matrix is not completed
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

/** A server with nothing wrong or different about it, played to the end. */
const SOUND = {
  faults: [],
  variations: [],
  contactsBy: 'component',
  until: [],
  baseline: [],
  isSurvey: false,
} as const;

/** Fewer are not worth a process of their own. */
const SCENARIOS_A_WORKER = 8;
const every = fixtures.scenarios.map(({ id }) => id);
/** They are played where contacts federate, and skipped elsewhere. */
const federating = new Set(
  fixtures.scenarios.filter(({ needs }) => needs.includes('s2s')).map(({ id }) => id),
);

const crew = new Crew();
try {
  process.exitCode = (await selfTest()) ? 0 : 1;
} finally {
  crew.dismiss();
}

async function selfTest(): Promise<boolean> {
  const faults = FAULTS.filter(({ id }) => id.includes(pattern));
  const variations = VARIATIONS.filter(({ id }) => id.includes(pattern));
  const first = faults.map((fault): Wanted => {
    return { fault, spec: fault.specs?.[0] ?? 'rfc3921', id: fault.id };
  });
  const concerned = new Set(first.flatMap((wanted) => faultJob(wanted, new Set()).only));
  const sound = await survey(
    pattern === '' || variations.length > 0 ? every : every.filter((id) => concerned.has(id)),
  );
  const verdicts = [...sound].map(([spec, result]) => judgeVariation(`sound server (${spec})`, result));
  const permitted = [...sound.values()];

  for (const [job, result] of await playVariations(variations, sound)) {
    if (result !== undefined) permitted.push(result);
    verdicts.push(result === undefined ? unnoticed(job.id, 'variation') : judgeVariation(job.id, result));
  }

  const baselines = new Map([...sound].map(([spec, result]) => [spec, baselineOf(result)]));
  const playFaults = async (wanted: readonly Wanted[]) => {
    const jobs = wanted.map((item) => faultJob(item, baselines.get(item.spec) ?? new Set()));
    const results = await play(
      'faults',
      jobs.filter(({ only }) => only.length > 0),
    );
    for (const [index, { fault, spec, id }] of wanted.entries()) {
      const cell = cells.get(fault.id);
      const result = results.get(jobs[index]?.id ?? '');
      const reach = cell === undefined ? undefined : reachOf(cell, fixtures);
      const baseline = baselines.get(spec) ?? new Set();
      verdicts.push(
        result === undefined ? unnoticed(id, 'fault') : { ...judgeFault(fault, result, reach, baseline), id },
      );
    }
  };
  await playFaults(first);
  if (pattern !== '') {
    print(verdicts, undefined);
    return verdicts.every(({ holds }) => holds);
  }
  const matrix = () => matrixOf(fixtures, new Set(verdicts.flatMap((verdict) => verdict.killed)), permitted);
  await playFaults(elsewhere(faults, matrix().spared));
  await playFaults(inFull(faults, matrix().spared));
  const complete = matrix();
  print(verdicts, complete);
  return verdicts.every(({ holds }) => holds) && complete.spared.length === 0;
}

/** The sound servers, played scenario by scenario: what they show, and which variations each scenario would notice. */
async function survey(scenarios: readonly string[]): Promise<Map<Spec, JobResult>> {
  const local = scenarios.filter((id) => !federating.has(id));
  const remote = scenarios.filter((id) => federating.has(id));
  const jobs = SPECS.flatMap((spec): Job[] => [
    ...shares(local, Math.min(crew.size / SPECS.length, Math.ceil(local.length / SCENARIOS_A_WORKER))).map(
      (only, index): Job => {
        const id = `sound server (${spec}), part ${index + 1}`;
        return { ...SOUND, id, spec, only, isSurvey: true };
      },
    ),
    ...(remote.length === 0 ? [] : [federatingJob(spec, remote)]),
  ]);
  const results = await play('parts of the sound servers', jobs);
  const of = (spec: Spec, by: readonly Job['contactsBy'][]) =>
    jobs.flatMap((job) =>
      job.spec === spec && by.includes(job.contactsBy) ? (results.get(job.id) ?? []) : [],
    );
  return new Map(
    SPECS.map((spec) => {
      // Variations are played on a component, so their preflight is compared with that of a component.
      const { preflight } = joined(of(spec, ['component']));
      return [spec, { ...joined(of(spec, ['component', 's2s'])), preflight }];
    }),
  );
}

/** The variations of federation are played in all of these, so there is nothing to look for scenario by scenario. */
function federatingJob(spec: Spec, only: readonly string[]): Job {
  return { ...SOUND, id: `sound server (${spec}), federating`, spec, contactsBy: 's2s', only };
}

/**
 * Each variation where it makes a difference, those of federation where contacts federate: elsewhere it is the sound
 * server. Undefined: it makes none anywhere.
 */
async function playVariations(
  variations: readonly Variation[],
  sound: ReadonlyMap<Spec, JobResult>,
): Promise<[job: Job, result: JobResult | undefined][]> {
  const jobs = variations.flatMap((variation) =>
    (variation.specs ?? SPECS).map((spec): Job => {
      const job = { ...SOUND, id: `${variation.id} (${spec})`, spec, variations: [variation.id] };
      return isOfFederation(variation)
        ? { ...job, contactsBy: 's2s', only: [...federating] }
        : { ...job, only: sound.get(spec)?.noticed[variation.id] ?? [] };
    }),
  );
  const results = await play(
    'variations',
    jobs.filter(({ only }) => only.length > 0),
  );
  // Where the preflight finds something else, every case may go another way. That of contacts that federate always does.
  const misled = jobs.filter(
    ({ id, spec, contactsBy }) =>
      contactsBy === 'component' &&
      results.has(id) &&
      results.get(id)?.preflight !== sound.get(spec)?.preflight,
  );
  const again = await play(
    'variations with another preflight',
    misled.map((job) => ({ ...job, only: every })),
  );
  return jobs.map((job) => [job, again.get(job.id) ?? results.get(job.id)]);
}

/** A fault on a server of one specification. */
interface Wanted {
  readonly fault: Fault;
  readonly spec: Spec;
  /** What the matrix calls it. */
  readonly id: string;
  /** Played to the end, though all that it names has failed. */
  readonly inFull?: boolean;
}

/** A fault of a cell must show nowhere else, so all tables are played to their end; others until they have shown. */
function faultJob({ fault, spec, id, inFull = false }: Wanted, baseline: Baseline): Job {
  const contactsBy = isOfFederation(fault) ? 's2s' : 'component';
  const job = { ...SOUND, id, spec, contactsBy, faults: [fault.id] } as const;
  if (cells.has(fault.id)) return { ...job, only: tables };
  return {
    ...job,
    only: scenariosCiting(fault.breaks),
    until: inFull ? [] : fault.breaks,
    baseline: [...baseline].filter((key) => fault.breaks.some((clause) => key.endsWith(` ${clause}`))),
  };
}

/** Faults on the server of the other specification, which may show in clauses that the first one breaks anyway. */
function elsewhere(faults: readonly Fault[], spared: readonly string[]): Wanted[] {
  return faults
    .filter((fault) => fault.specs === undefined && fault.breaks.some((clause) => spared.includes(clause)))
    .map((fault) => ({ fault, spec: 'rfc6121', id: `${fault.id} (rfc6121)` }));
}

/** Faults that play where such a clause is judged, and may fail it beside what they name. */
function inFull(faults: readonly Fault[], spared: readonly string[]): Wanted[] {
  const where = new Set(scenariosCiting(spared));
  return faults
    .filter((fault) => !cells.has(fault.id) && scenariosCiting(fault.breaks).some((id) => where.has(id)))
    .map((fault) => ({
      fault,
      spec: fault.specs?.[0] ?? 'rfc3921',
      id: `${fault.id} (to the end)`,
      inFull: true,
    }));
}

/** The scenarios that judge any of the clauses: where a fault must show. */
function scenariosCiting(clauses: readonly string[]): string[] {
  const found = fixtures.cases.filter((play) =>
    citedClauses(play).some((clause) => clauses.includes(clause)),
  );
  return [...new Set(found.map((play) => play.scenario.id))];
}

/** Whether the deviation shows to other servers alone. */
function isOfFederation({ id }: Fault | Variation): boolean {
  return id.startsWith('federation/');
}

/** `cell/out/subscribe/none/route`: a fault of one cell of the state tables. */
function cellOf(id: string): Cell | undefined {
  const [, direction, type = '', row = ''] = /^cell\/(in|out)\/([a-z]+)\/([a-z-]+)\/[a-z]+$/.exec(id) ?? [];
  if (direction !== 'in' && direction !== 'out') return undefined;
  const scenario = `subscription/${direction === 'in' ? 'inbound' : 'outbound'}-${type}`;
  return { direction, type, row, scenario };
}

/** Has the crew play the jobs, telling a terminal how far it is; the results by the ids of the jobs. */
async function play(what: string, jobs: readonly Job[]): Promise<Map<string, JobResult>> {
  const startedMs = Date.now();
  const results = await crew.play(jobs, (ended) => {
    if (!process.stderr.isTTY) return;
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    process.stderr.write(`\r${ended}/${jobs.length} ${what}, ${seconds} s \u001b[K`);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  return results;
}

function print(verdicts: readonly Verdict[], matrix: Matrix | undefined): void {
  const width = Math.max(...verdicts.map((verdict) => verdict.id.length));
  for (const { id, line } of verdicts) process.stdout.write(`${id.padEnd(width)}  ${line}\n`);
  if (matrix !== undefined) printMatrix(matrix);
  const of = (kind: Verdict['kind']) => verdicts.filter((verdict) => verdict.kind === kind);
  const held = (kind: Verdict['kind']) => of(kind).filter((verdict) => verdict.holds).length;
  process.stdout.write(
    `\n${of('fault').length} faults, ${held('fault')} caught; ${of('variation').length} variations, ${held('variation')} passed.\n`,
  );
}

function printMatrix({ judged, opposed, unused, untaken, spared }: Matrix): void {
  const list = (title: string, lines: readonly string[]) => {
    if (lines.length === 0) return;
    process.stdout.write(`\n${title} (${lines.length}):\n${lines.map((line) => `  ${line}\n`).join('')}`);
  };
  list(
    'Choices between opposites: whoever breaks the first keeps the second, which the same RFC demands',
    [...opposed].map(([clause, rivals]) => `${clause} against ${rivals.join(', ')}`),
  );
  list('Options that no permitted server has taken', untaken);
  list('MAY clauses that no permitted server has made use of', unused);
  list(`MISSING: clauses that no fault has failed, of ${judged} judged`, spared);
}
