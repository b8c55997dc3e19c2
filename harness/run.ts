import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.js';
import { coverageOf } from './coverage.js';
import { type Fixtures, loadFixtures } from './fixtures.js';
import { loadKnownFailures } from './known-failures.js';
import { ProtocolSchemas } from './match/protocol.js';
import { packageRoot } from './paths.js';
import { playCase, skippedCase } from './play/play.js';
import { describeScenario } from './scenario/prose.js';
import { citedClauses, selectCases, shardCases } from './scenario/select.js';
import type { PlayableCase } from './scenario/types.js';
import { runLanes } from './schedule.js';
import { MISSING_FEATURE, openTarget, type Target } from './target.js';
import { clauseResults, sectionTitles } from './verdict/clauses.js';
import { exitStatus } from './verdict/exit-status.js';
import type { PlayedCase } from './verdict/finding.js';
import { judgeCase } from './verdict/judge.js';
import { applyKnownFailures } from './verdict/known.js';
import type { RunProgress, RunResult } from './verdict/result.js';
import {
  caseKey,
  clauseOutcomes,
  countCases,
  scoreboard,
  summariseLateness,
  unreliablePaths,
} from './verdict/summary.js';
import { NS } from './wire/element.js';
import { TargetError } from './wire/failure.js';

/** What to tell while a run goes on, and how to end it early. */
export interface RunOptions {
  /** Loaded already, by who runs many times. */
  readonly fixtures?: Fixtures;
  /** Told once, when the target was found and looked over. */
  readonly onReady?: (target: Target, cases: number) => void;
  readonly progress?: RunProgress;
  /** Aborting ends the run after the cases under way; its reason is reported. */
  readonly signal?: AbortSignal;
}

/** The version of this package. */
export function version(): string {
  const parsed = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return parsed.version;
}

/**
 * Judges a server as configured.
 * @returns the complete result, also when the target could not be reached or the run was interrupted
 * @throws FixtureError when the fixtures are faulty, UsageError when a file that an option names can't be used
 */
export async function run(config: Config, options: RunOptions = {}): Promise<RunResult> {
  const fixtures = options.fixtures ?? loadFixtures();
  const known = config.knownFailures === undefined ? [] : loadKnownFailures(config.knownFailures);
  const { cases: selectedCases, unmatched } = selectCases(fixtures.cases, config);
  const nothing = nothingToPlay(unmatched, selectedCases);
  const cases = shardCases(selectedCases, config.shard);

  const startedAt = new Date();
  const outcome =
    nothing === ''
      ? await playAll(config, cases, fixtures, options)
      : { target: undefined, played: [], interrupted: nothing };
  const fence = summariseLateness(outcome.played);
  const context = {
    catalogue: fixtures.catalogue,
    spec: config.spec,
    unreliable: unreliablePaths(fence, config.settleMs),
  };
  const every = new Set(fixtures.cases.map((item) => caseKey(item.scenario.id, item.name)));
  const applied = applyKnownFailures(
    outcome.played.map((item) => judgeCase(item, context)),
    known,
    (key) => every.has(key),
  );
  const cited = new Map(cases.map((item) => [caseKey(item.scenario.id, item.name), citedClauses(item)]));
  const clauses = clauseResults(
    fixtures.catalogue,
    clauseOutcomes(applied.cases, cited),
    coverageOf(fixtures).judged,
  );
  const selected = new Set(selectedCases.map((item) => item.scenario.id));
  return {
    tool: { name: 'xmpp-conform', version: version() },
    target: {
      name: outcome.target?.name ?? config.target ?? 'the embedded server',
      host: outcome.target?.host ?? '',
      port: outcome.target?.port ?? 0,
      domain: config.domain,
      ...(outcome.target?.software ? { software: outcome.target.software } : {}),
      findings: outcome.target?.findings ?? [],
      features: [...(outcome.target?.features ?? [])].sort(),
    },
    selection: {
      spec: config.spec,
      strict: config.strict,
      only: config.only,
      skip: config.skip,
      sections: config.section,
      jobs: config.jobs,
      timeoutMs: config.timeoutMs,
      settleMs: config.settleMs,
      ...(config.shard === undefined ? {} : { shard: config.shard }),
    },
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    interrupted: outcome.interrupted,
    exitStatus:
      nothing === ''
        ? exitStatus({
            cases: applied.cases,
            spec: config.spec,
            strict: config.strict,
            interrupted: outcome.interrupted,
            stale: applied.stale,
          })
        : 3,
    summary: {
      cases: countCases(applied.cases),
      specs: scoreboard(clauses),
    },
    clauses,
    sections: sectionTitles(fixtures.catalogue),
    scenarios: fixtures.scenarios
      .filter(({ id }) => selected.has(id))
      .map((scenario) => ({
        id: scenario.id,
        title: scenario.title,
        file: scenario.file,
        prose: describeScenario(scenario, fixtures.catalogue),
      })),
    cases: applied.cases,
    choices: applied.cases.flatMap((item) => item.choices),
    knownFailures: { file: config.knownFailures ?? '', stale: applied.stale },
    fence,
  };
}

/** A sentence when the selection leaves no case, or a pattern of it is a slip; empty otherwise. */
function nothingToPlay(unmatched: readonly string[], cases: readonly PlayableCase[]): string {
  if (unmatched.length > 0) {
    const patterns = unmatched.map((pattern) => `"${pattern}"`).join(', ');
    return `No case matches ${patterns}; "xmpp-conform list" shows the scenarios.`;
  }
  return cases.length === 0 ? 'Nothing is left to play: no case matches the selection.' : '';
}

/** What was played, and why no more was. */
interface PlayOutcome {
  readonly target: Target | undefined;
  readonly played: readonly PlayedCase[];
  readonly interrupted: string;
}

async function playAll(
  config: Config,
  cases: readonly PlayableCase[],
  fixtures: Fixtures,
  options: RunOptions,
): Promise<PlayOutcome> {
  let target: Target | undefined;
  try {
    target = await openTarget(config);
    return await playOn(target, config, cases, fixtures, options);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return { target, played: [], interrupted: error.message };
  } finally {
    await target?.close();
  }
}

async function playOn(
  target: Target,
  config: Config,
  cases: readonly PlayableCase[],
  fixtures: Fixtures,
  options: RunOptions,
): Promise<PlayOutcome> {
  target.ensureAccounts(accountsNeeded(cases, target));
  using schemas = ProtocolSchemas.compile();
  const form = (xml: string) => schemas.violations(xml, NS.client);
  let interrupted = '';
  let done = 0;
  const isOver = () => {
    if (options.signal?.aborted === true && interrupted === '') interrupted = String(options.signal.reason);
    return interrupted !== '';
  };
  options.onReady?.(target, cases.length);
  const played = await runLanes(
    cases,
    config.jobs,
    async (play) => {
      const missing = play.scenario.needs.find((feature) => !target.features.has(feature));
      const result =
        missing === undefined
          ? await playCase(play, target, fixtures.states, form)
          : skippedCase(play, MISSING_FEATURE[missing] ?? `the target does not offer ${missing}`);
      if (options.progress !== undefined) {
        // For show: the verdict proper waits until the lateness of the whole run is known.
        const { catalogue } = fixtures;
        const shown = judgeCase(result, { catalogue, spec: config.spec, unreliable: new Set() });
        options.progress.caseEnded(shown, ++done, cases.length);
      }
      if (result.ending === 'error') {
        const loss = await lossOf(target);
        interrupted ||= loss;
      }
      return result;
    },
    isOver,
  );
  if (interrupted === '') interrupted = await lossOf(target);
  return { target, played, interrupted };
}

/** A sentence when the target answers no more; empty when it does. */
async function lossOf(target: Target): Promise<string> {
  try {
    await target.checkAlive();
    return '';
  } catch (error) {
    if (error instanceof TargetError) return `The target was lost: ${error.message}`;
    throw error;
  }
}

function accountsNeeded(cases: readonly PlayableCase[], target: Target): number {
  return cases
    .filter((play) => play.scenario.needs.every((feature) => target.features.has(feature)))
    .reduce((sum, play) => sum + play.users.length, 0);
}
