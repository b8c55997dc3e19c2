import type { Clause } from '../requirements/clause.js';
import type { Catalogue } from '../requirements/load.js';
import type { ClauseOutcome, ClauseResult, SectionTitle } from './result.js';

/**
 * The whole catalogue with what a run says of each clause; pure.
 * @param outcomes of the clauses that the run touched
 * @param judged the scenarios that judge a clause, by its id
 */
export function clauseResults(
  catalogue: Catalogue,
  outcomes: ReadonlyMap<string, ClauseOutcome>,
  judged: ReadonlyMap<string, readonly string[]>,
): ClauseResult[] {
  return [...catalogue.clauses.values()].map((clause) => ({
    id: clause.id,
    document: clause.document,
    spec: clause.spec,
    section: clause.section,
    level: clause.level,
    role: clause.role,
    summary: clause.summary,
    outcome: isJudgeable(clause) ? (outcomes.get(clause.id) ?? 'untested') : 'unjudged',
    why: clause.role === 'client' && clause.why === '' ? 'It speaks about clients.' : clause.why,
    contradicts: clause.contradicts,
    differs: clause.differs,
    scenarios: judged.get(clause.id) ?? [],
  }));
}

function isJudgeable(clause: Clause): boolean {
  return clause.role === 'server' && clause.unjudged === undefined;
}

/** The titles of all sections, in the catalogue's order. */
export function sectionTitles(catalogue: Catalogue): SectionTitle[] {
  return catalogue.sections.map(({ document, number, title }) => ({ document, section: number, title }));
}
