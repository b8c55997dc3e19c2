import type { Clause } from '../requirements/clause.js';
import type { Catalogue } from '../requirements/load.js';
import type { PlayableCase, Scenario } from '../scenario/types.js';
import type { PlayedCase, PlayedFinding } from './finding.js';
import type { CaseResult, CheckResult } from './result.js';

/** A clause that a server must keep; the specification and the section are read off its id. */
export function clause(id: string, parts: Partial<Clause> = {}): Clause {
  return {
    id,
    document: id.startsWith('rfc3921') ? 'rfc3921' : 'rfc6121',
    spec: id.startsWith('rfc3921') ? 'rfc3921' : 'rfc6121',
    section: id.slice(id.indexOf(':') + 1, id.indexOf('/')),
    level: 'MUST',
    role: 'server',
    summary: `what ${id} says`,
    contradicts: [],
    differs: [],
    unjudged: undefined,
    why: '',
    claims: [],
    file: 'catalogue.xml',
    line: 1,
    ...parts,
  };
}

/** A catalogue of these clauses alone. */
export function catalogueOf(...listed: Clause[]): Catalogue {
  const clauses = new Map(listed.map((item) => [item.id, item]));
  return {
    clauses,
    sections: [],
    get(id) {
      const found = clauses.get(id);
      if (found === undefined) throw new RangeError(`no clause ${id}`);
      return found;
    },
    bySpec: (spec) => listed.filter((item) => item.spec === spec),
  };
}

/** A scenario in which nothing happens. */
export function scenario(parts: Partial<Scenario> = {}): Scenario {
  return {
    id: 'area/sample',
    title: 'A sample',
    about: '',
    file: 'sample.xml',
    needs: [],
    rows: [{ name: 'only', columns: {}, line: 1 }],
    users: [],
    domains: [],
    contacts: [],
    subscriptions: [],
    steps: [],
    ...parts,
  };
}

/** A case without people. */
export function playable(parts: Partial<PlayableCase> = {}): PlayableCase {
  return {
    scenario: scenario(),
    name: 'only',
    users: [],
    domains: [],
    contacts: [],
    subscriptions: [],
    exchanges: [],
    states: [],
    ...parts,
  };
}

/** A satisfied expectation that proves nothing. */
export function finding(parts: Partial<PlayedFinding> = {}): PlayedFinding {
  return {
    kind: 'expect',
    at: 'romeo/orchard',
    line: 10,
    proves: [],
    satisfied: 'yes',
    expected: '<presence/>',
    received: '',
    differences: [],
    reason: '',
    negative: false,
    path: 'inbound',
    from: 0,
    to: 0,
    ...parts,
  };
}

/** A case that was played to its end. */
export function played(parts: Partial<PlayedCase> = {}): PlayedCase {
  return {
    play: playable(),
    ending: 'played',
    reason: '',
    findings: [],
    choices: [],
    lateness: [],
    schemaViolations: [],
    transcript: [],
    durationMs: 1.26,
    ...parts,
  };
}

/** The verdict on one clause. */
export function check(id: string, parts: Partial<CheckResult> = {}): CheckResult {
  const { spec, level, summary } = clause(id);
  return {
    clause: id,
    spec,
    level,
    summary,
    outcome: 'pass',
    kind: 'expect',
    at: 'romeo/orchard',
    source: 'sample.xml:10',
    expected: '',
    received: '',
    differences: [],
    reason: '',
    transcript: [],
    ...parts,
  };
}

/** A case that passed. */
export function caseResult(parts: Partial<CaseResult> = {}): CaseResult {
  return {
    scenario: 'area/sample',
    case: 'only',
    title: 'A sample',
    sections: [],
    outcome: 'pass',
    specs: { rfc3921: 'pass', rfc6121: 'pass' },
    reason: '',
    durationMs: 1,
    checks: [],
    choices: [],
    schemaViolations: [],
    known: [],
    transcript: [],
    ...parts,
  };
}
