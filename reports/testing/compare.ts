import type { CaseResult, CheckResult, ClauseResult, RunResult } from '../../harness/verdict/result.js';
import { sampleCase, sampleCheck, sampleClause, sampleRun } from './sample.js';

/** A judged clause and its rival in the other specification, both watched at a contact. */
export const DELIVER = 'rfc6121:A.3.3/deliver';
export const IGNORE = 'rfc3921:9.3/ignore';

/** The catalogue of these two. */
export function twoClauses(outcomes: Partial<Record<string, ClauseResult['outcome']>> = {}): ClauseResult[] {
  return [
    sampleClause({ id: IGNORE, document: 'rfc3921', spec: 'rfc3921', section: '9.3', differs: [DELIVER] }),
    sampleClause({ id: DELIVER, differs: [IGNORE] }),
  ].map((clause) => ({ ...clause, outcome: outcomes[clause.id] ?? 'pass' }));
}

/** A check of one of the two, passed where nothing else is said. */
export function checkOf(clause: string, parts: Partial<CheckResult> = {}): CheckResult {
  const spec = clause.startsWith('rfc3921') ? 'rfc3921' : 'rfc6121';
  return sampleCheck({ clause, spec, outcome: 'pass', at: 'juliet', reason: '', received: '', ...parts });
}

/** A case of these checks under RFC 6121, its outcomes in keeping. */
export function caseOf(
  name: string,
  checks: readonly CheckResult[],
  parts: Partial<CaseResult> = {},
): CaseResult {
  const outcomeUnder = (spec: string) => {
    const own = checks.filter((check) => check.spec === spec).map(({ outcome }) => outcome);
    if (own.length === 0) return 'skipped';
    return own.includes('fail') ? 'fail' : own.includes('warn') ? 'warn' : 'pass';
  };
  const specs = { rfc3921: outcomeUnder('rfc3921'), rfc6121: outcomeUnder('rfc6121') } as const;
  return sampleCase({ case: name, checks, outcome: specs.rfc6121, specs, ...parts });
}

/** A run of these cases with the catalogue of two. */
export function runOf(
  cases: readonly CaseResult[],
  outcomes: Parameters<typeof twoClauses>[0] = {},
  parts: Partial<RunResult> = {},
): RunResult {
  return sampleRun(cases, { clauses: twoClauses(outcomes), ...parts });
}
