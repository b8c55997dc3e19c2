import { exitStatus } from './exit-status.js';
import type { ClauseResult, Lateness, RunResult, Shard } from './result.js';
import { countCases, scoreboard, worseOutcome } from './summary.js';

/** Results that are no shards of one run; the message says which and why. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

/** A result and what it is called in messages. */
export interface NamedResult {
  readonly name: string;
  readonly result: RunResult;
}

interface ShardResult extends NamedResult {
  readonly shard: Shard;
}

/**
 * Makes one result of the shards of a run; pure. It is what a single run would have given but for times:
 * it lasted as long as the longest shard, began with the first, and its percentiles of lateness are the greatest of
 * any shard, which those of all samples together can't exceed.
 *
 * A shard that is missing leaves the result interrupted.
 * @throws MergeError when a result is no shard, is there twice, or was made in another way than the first
 */
export function mergeResults(named: readonly NamedResult[]): RunResult {
  const shards = named.map(ofShard).sort((a, b) => a.shard.index - b.shard.index);
  const [first, ...others] = shards;
  if (first === undefined)
    throw new MergeError('There is nothing to merge: give the results.json of each shard.');
  for (const other of others) demandLike(first, other);
  const results = shards.map(({ result }) => result);
  const { shard, ...selection } = first.result.selection;
  const cases = interleave(shards);
  const clauses = first.result.clauses.map((clause, index) => worstOf(clause, results, index));
  const stale = mergeStale(results);
  const interrupted = whyIncomplete(shards);
  const isNothing = results.every((result) => result.exitStatus === 3);
  const { spec, strict } = selection;
  return {
    ...first.result,
    selection,
    startedAt: results.map((result) => result.startedAt).reduce((a, b) => (a < b ? a : b)),
    durationMs: Math.max(...results.map((result) => result.durationMs)),
    interrupted: isNothing ? first.result.interrupted : interrupted,
    exitStatus: isNothing ? 3 : exitStatus({ cases, spec, strict, interrupted, stale }),
    summary: { cases: countCases(cases), specs: scoreboard(clauses) },
    clauses,
    cases,
    choices: cases.flatMap((item) => item.choices),
    knownFailures: { file: first.result.knownFailures.file, stale },
    fence: mergeFences(results.map((result) => result.fence)),
  };
}

function ofShard({ name, result }: NamedResult): ShardResult {
  const { shard } = result.selection;
  if (shard === undefined)
    throw new MergeError(`${name} is no shard but a whole run: merge takes what --shard made.`);
  return { name, result, shard };
}

function demandLike(first: ShardResult, other: ShardResult): void {
  const differs = (what: string, one: unknown, two: unknown) => {
    if (JSON.stringify(one) === JSON.stringify(two)) return;
    throw new MergeError(
      `${first.name} and ${other.name} are no shards of one run: ${what} is ${JSON.stringify(one)} in the first and ${JSON.stringify(two)} in the second.`,
    );
  };
  const [a, b] = [first.result, other.result];
  differs('the number of shards', first.shard.count, other.shard.count);
  differs('the version of xmpp-conform', a.tool.version, b.tool.version);
  differs('the target', a.target.name, b.target.name);
  differs('the domain', a.target.domain, b.target.domain);
  differs('what the target offers', a.target.features, b.target.features);
  for (const key of SELECTION) differs(`the selection (${key})`, a.selection[key], b.selection[key]);
  differs('the file of known failures', a.knownFailures.file, b.knownFailures.file);
  if (JSON.stringify(a.clauses.map(({ id }) => id)) !== JSON.stringify(b.clauses.map(({ id }) => id))) {
    throw new MergeError(
      `${first.name} and ${other.name} are no shards of one run: their catalogues differ.`,
    );
  }
}

const SELECTION = ['spec', 'strict', 'only', 'skip', 'sections', 'jobs', 'timeoutMs', 'settleMs'] as const;

/** The cases in the order of the suites: shard by shard in turn, as they were dealt out. */
function interleave(shards: readonly ShardResult[]): RunResult['cases'] {
  return shards
    .flatMap(({ result, shard }) =>
      result.cases.map((item, turn) => ({ item, position: turn * shard.count + shard.index })),
    )
    .sort((a, b) => a.position - b.position)
    .map(({ item }) => item);
}

function worstOf(clause: ClauseResult, results: readonly RunResult[], index: number): ClauseResult {
  const outcome = results
    .map((result) => result.clauses[index]?.outcome ?? clause.outcome)
    .reduce(worseOutcome);
  return { ...clause, outcome };
}

/** By line, as one run tells them; an entry for a case that doesn't exist is found by every shard. */
function mergeStale(results: readonly RunResult[]): string[] {
  const line = (sentence: string) => Number(/:(\d+): /.exec(sentence)?.[1] ?? 0);
  const found = new Set(results.flatMap((result) => result.knownFailures.stale));
  return [...found].sort((a, b) => line(a) - line(b));
}

function whyIncomplete(shards: readonly ShardResult[]): string {
  const [first] = shards;
  const count = first?.shard.count ?? 0;
  const seen = new Map<number, string>();
  for (const { name, shard } of shards) {
    const before = seen.get(shard.index);
    if (before !== undefined) {
      throw new MergeError(
        `${before} and ${name} are both shard ${shard.index} of ${count}: give each shard once.`,
      );
    }
    seen.set(shard.index, name);
  }
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((index) => !seen.has(index));
  const gaps =
    missing.length === 0
      ? []
      : [
          missing.length === 1
            ? `Shard ${listOf(missing)} of ${count} is missing.`
            : `Shards ${listOf(missing)} of ${count} are missing.`,
        ];
  const ends = shards
    .filter(({ result }) => result.interrupted !== '')
    .map(({ result, shard }) => `Shard ${shard.index}: ${result.interrupted}`);
  return [...gaps, ...ends].join(' ');
}

const MAX_LISTED = 10;

function listOf(numbers: readonly number[]): string {
  const left = numbers.length - MAX_LISTED;
  return `${numbers.slice(0, MAX_LISTED).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

function mergeFences(fences: readonly RunResult['fence'][]): RunResult['fence'] {
  const paths = [...new Set(fences.flatMap((fence) => Object.keys(fence.paths)))].sort((a, b) =>
    a.localeCompare(b),
  );
  return {
    latenessMs: greatest(fences.map((fence) => fence.latenessMs)),
    paths: Object.fromEntries(
      paths.map((path) => {
        const known = fences.flatMap((fence) => fence.paths[path] ?? []);
        const samples = known.reduce((sum, each) => sum + each.samples, 0);
        return [path, { ...greatest(known), samples }];
      }),
    ),
  };
}

function greatest(all: readonly Lateness[]): Lateness {
  const of = (key: keyof Lateness) => Math.max(0, ...all.map((each) => each[key]));
  return { p50: of('p50'), p99: of('p99'), max: of('max') };
}
