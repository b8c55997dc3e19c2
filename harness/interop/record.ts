import type { ClauseOutcome, RunResult } from '../verdict/result.js';
import type { Standing } from './result.js';

/** What a server's own conformance run says of it, as far as attribution needs it. */
export interface ConformanceRecord {
  /** Where it was read. */
  readonly file: string;
  readonly clauses: ReadonlyMap<string, ClauseRecord>;
}

/** What the run says of one clause. */
interface ClauseRecord {
  readonly outcome: ClauseOutcome;
  /** The first case that shows it broken, `SCENARIO#CASE`; empty where none does. */
  readonly shownBy: string;
}

/** The record in a result; the result itself, with all its exchanges, is not kept. */
export function recordOf(result: RunResult, file: string): ConformanceRecord {
  const shown = new Map<string, string>();
  for (const { scenario, case: name, checks } of result.cases) {
    for (const { clause, outcome } of checks) {
      const isBroken = outcome === 'fail' || outcome === 'warn';
      if (isBroken && !shown.has(clause)) shown.set(clause, `${scenario}#${name}`);
    }
  }
  const clauses = result.clauses.map(
    ({ id, outcome }) => [id, { outcome, shownBy: shown.get(id) ?? '' }] as const,
  );
  return { file, clauses: new Map(clauses) };
}

/** How the server of the record stands to a clause. */
export function standingOf(
  record: ConformanceRecord | undefined,
  clause: string,
): { readonly standing: Standing; readonly shownBy: string } {
  if (record === undefined) return { standing: 'none', shownBy: '' };
  const known = record.clauses.get(clause);
  if (known?.outcome === 'fail') return { standing: 'breaks', shownBy: known.shownBy };
  return { standing: known?.outcome === 'pass' ? 'keeps' : 'not judged', shownBy: '' };
}
