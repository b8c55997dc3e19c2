import type { Fixtures } from './fixtures.js';
import type { Clause } from './requirements/clause.js';
import { DOCUMENT_NAMES } from './requirements/documents.js';
import { citedClauses } from './scenario/select.js';

/** How the catalogue stands: what scenarios judge, what none judges yet, and what none can. */
export interface Coverage {
  readonly judged: ReadonlyMap<string, readonly string[]>;
  readonly open: readonly Clause[];
  readonly unjudgeable: readonly Clause[];
  readonly client: readonly Clause[];
}

/** Compares catalogue and scenarios; pure. */
export function coverageOf(fixtures: Fixtures): Coverage {
  const judged = new Map<string, string[]>();
  for (const play of fixtures.cases) {
    for (const clause of citedClauses(play)) {
      const scenarios = judged.get(clause) ?? [];
      if (!scenarios.includes(play.scenario.id)) scenarios.push(play.scenario.id);
      judged.set(clause, scenarios);
    }
  }
  const clauses = [...fixtures.catalogue.clauses.values()];
  const ofServer = clauses.filter((clause) => clause.role === 'server');
  return {
    judged,
    open: ofServer.filter((clause) => clause.unjudged === undefined && !judged.has(clause.id)),
    unjudgeable: ofServer.filter((clause) => clause.unjudged !== undefined),
    client: clauses.filter((clause) => clause.role === 'client'),
  };
}

/** Coverage as text: counts by section, then what is open and what can't be judged and why. */
export function describeCoverage(fixtures: Fixtures): string {
  const coverage = coverageOf(fixtures);
  const lines: string[] = [];
  for (const document of DOCUMENT_NAMES) {
    const clauses = [...fixtures.catalogue.clauses.values()].filter((clause) => clause.document === document);
    if (clauses.length === 0) continue;
    const open = new Set(coverage.open);
    const sections = [...new Set(clauses.map((clause) => clause.section))];
    lines.push(
      `${document}: ${clauses.length} clauses`,
      '',
      '  section  judged  not yet  not judgeable  client',
    );
    for (const section of sections) {
      const own = clauses.filter((clause) => clause.section === section);
      const count = (test: (clause: Clause) => boolean) => String(own.filter(test).length);
      const cells = [
        section.padEnd(7),
        count((clause) => coverage.judged.has(clause.id)).padStart(6),
        count((clause) => open.has(clause)).padStart(7),
        count((clause) => coverage.unjudgeable.includes(clause)).padStart(13),
        count((clause) => clause.role === 'client').padStart(6),
      ];
      lines.push(`  ${cells.join('  ')}`);
    }
    lines.push('');
  }
  lines.push(
    'Not judged yet:',
    ...listOf(coverage.open, (clause) => `${clause.level}: ${clause.summary}`),
    '',
  );
  lines.push(
    'Not judgeable from outside:',
    ...listOf(coverage.unjudgeable, (clause) => `${clause.unjudged}: ${clause.why ?? ''}`),
    '',
  );
  const server = coverage.judged.size + coverage.open.length + coverage.unjudgeable.length;
  lines.push(
    `${server} server clauses: ${coverage.judged.size} judged, ${coverage.open.length} not yet, ${coverage.unjudgeable.length} not judgeable; ${coverage.client.length} client clauses.`,
  );
  return `${lines.join('\n')}\n`;
}

function listOf(clauses: readonly Clause[], text: (clause: Clause) => string): string[] {
  return clauses.length === 0 ? ['  none'] : clauses.map((clause) => `  ${clause.id}: ${text(clause)}`);
}
