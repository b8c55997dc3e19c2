import type { CaseResult, ClauseResult, Level, RunResult } from '../../harness/verdict/result.js';
import { findings } from '../findings.js';
import { casePoint } from '../points.js';
import { Anchors, anchorOf } from './anchors.js';

/**
 * How a case is listed: as its outcome; `known` where a failure or a block is one that the run was told of. A known
 * failure that passes is a `fail`.
 */
export type CaseStatus = 'fail' | 'error' | 'blocked' | 'warn' | 'known' | 'skipped' | 'pass';

/** How a clause is listed: a broken SHOULD is a `warn`, as with cases. */
export type ClauseStatus = 'fail' | 'blocked' | 'warn' | 'pass' | 'untested' | 'unjudged';

/** A case with what the page says of it. */
export interface CaseView {
  readonly result: CaseResult;
  readonly anchor: string;
  readonly status: CaseStatus;
  /** On one line: why, for whatever is no pass. */
  readonly message: string;
  /** Clauses that broke it, under both specifications. */
  readonly broken: readonly ClauseView[];
  /** Clauses that it judges; where it judged none, those that its scenario does. */
  readonly clauses: readonly ClauseView[];
  /** `rfc6121:2.3.2`. */
  readonly sections: readonly string[];
}

/** A clause with what the page says of it. */
export interface ClauseView {
  readonly result: ClauseResult;
  readonly anchor: string;
  readonly status: ClauseStatus;
  /** Cases that break it, in the order of the run. */
  readonly failedBy: CaseView[];
}

/** A run, linked both ways: cases know their clauses, clauses the cases that break them. */
export interface RunView {
  readonly run: RunResult;
  /** Failures first; within a status in the order of the run. */
  readonly cases: readonly CaseView[];
  readonly clauses: readonly ClauseView[];
}

/** Every status of a case, the gravest first. */
export const CASE_STATUSES: readonly CaseStatus[] = [
  'fail',
  'error',
  'blocked',
  'warn',
  'known',
  'skipped',
  'pass',
];

/** Every status of a clause, the gravest first. */
export const CLAUSE_STATUSES: readonly ClauseStatus[] = [
  'fail',
  'blocked',
  'warn',
  'pass',
  'untested',
  'unjudged',
];

/** Links cases and clauses of a run; pure. */
export function viewOf(run: RunResult): RunView {
  const anchors = new Anchors();
  const clauses = run.clauses.map((result) => ({
    result,
    anchor: anchors.claim('clause', result.id),
    status: clauseStatus(result),
    failedBy: [] as CaseView[],
  }));
  const byId = new Map(clauses.map((clause) => [clause.result.id, clause]));
  const byScenario = new Map<string, ClauseView[]>();
  for (const clause of clauses)
    for (const id of clause.result.scenarios) byScenario.set(id, [...(byScenario.get(id) ?? []), clause]);
  const known = (ids: Iterable<string>): ClauseView[] =>
    [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);

  const cases = run.cases.map((result): CaseView => {
    const broken = known(
      result.checks
        .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
        .map(({ clause }) => clause),
    );
    const judged =
      result.checks.length > 0
        ? known(result.checks.map(({ clause }) => clause))
        : (byScenario.get(result.scenario) ?? []);
    const status = caseStatus(result, run.selection);
    const view: CaseView = {
      result,
      anchor: anchors.claim('case', result.scenario, result.case),
      status,
      message: messageOf(result, status, run.selection),
      broken,
      clauses: judged,
      sections: [...new Set([...result.sections, ...judged.map((clause) => sectionOf(clause.result))])],
    };
    for (const clause of broken) clause.failedBy.push(view);
    return view;
  });
  return { run, clauses, cases: CASE_STATUSES.flatMap((status) => cases.filter((c) => c.status === status)) };
}

/** A section with its document, as it is filtered by: `rfc6121:2.3.2`. */
export function sectionOf({ document, section }: { document: string; section: string }): string {
  return `${document}:${section}`;
}

/** A link's target for a clause that is named somewhere; it may not be in the catalogue. */
export function clauseAnchor(id: string): string {
  return anchorOf('clause', id);
}

function caseStatus(result: CaseResult, selection: RunResult['selection']): CaseStatus {
  if (result.known.some((match) => match.status === 'unexpected-pass')) return 'fail';
  if (result.outcome !== 'skipped' && casePoint(result, selection).verdict === 'skipped') return 'known';
  return result.outcome;
}

function clauseStatus({ outcome, level }: ClauseResult): ClauseStatus {
  return outcome === 'fail' && !isMust(level) ? 'warn' : outcome;
}

/** Whether breaking a clause of this level fails a run. */
function isMust(level: Level): boolean {
  return level.startsWith('MUST');
}

function messageOf(result: CaseResult, status: CaseStatus, selection: RunResult['selection']): string {
  if (status === 'pass') return '';
  if (status !== 'warn')
    return casePoint(result, selection).message.replace(/^(blocked|error|known failure): /, '');
  const [finding] = findings(result, selection.spec);
  const [clause] = finding?.clauses ?? [];
  return clause === undefined
    ? ''
    : `${clause.level} ${clause.clause}: ${finding?.reasons[0] ?? clause.summary}`;
}
