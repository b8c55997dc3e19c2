import type {
  CaseResult,
  CheckResult,
  ClauseCounts,
  ClauseResult,
  Outcome,
  RunResult,
} from '../../harness/verdict/result.js';
import type { TranscriptEntry } from '../../harness/wire/transcript.js';

/** An exchange with every kind of entry. */
export const SAMPLE_EXCHANGE: readonly TranscriptEntry[] = [
  { at: 0, party: 'romeo/orchard', direction: 'none', kind: 'note', xml: 'connected to 127.0.0.1:5222' },
  {
    at: 0.4,
    party: 'juliet',
    direction: 'sent',
    kind: 'stanza',
    xml: "<presence to='romeo@example.net' from='juliet@contact.test' type='subscribed'/>",
  },
  { at: 0.6, party: 'juliet', direction: 'sent', kind: 'fence', xml: "<iq id='f1' type='get'/>" },
  { at: 1.9, party: 'juliet', direction: 'received', kind: 'fence', xml: "<iq id='f1' type='error'/>" },
  {
    at: 2.5,
    party: 'romeo/orchard',
    direction: 'received',
    kind: 'stanza',
    xml: "<message from='example.net' to='romeo@example.net/orchard'><body>welcome</body></message>",
    unexpected: true,
  },
];

/** A check that failed; parts are replaced at will. */
export function sampleCheck(parts: Partial<CheckResult> = {}): CheckResult {
  return {
    clause: 'rfc6121:A.3.3/deliver',
    spec: 'rfc6121',
    level: 'MUST',
    summary:
      'An approval that answers a pending request is delivered to the available resources of the user.',
    outcome: 'fail',
    kind: 'expect',
    at: 'romeo/orchard',
    source: 'fixtures/scenarios/subscription/inbound-subscribed.xml:23',
    expected: "<presence from='juliet@contact.test' to='{any}' type='subscribed' id='{absent}'/>",
    received:
      "<presence xmlns='jabber:client' type='unsubscribed' to='romeo@example.net' from='juliet@contact.test'/>",
    differences: [{ path: 'presence/@type', expected: 'subscribed', received: 'unsubscribed' }],
    reason: 'The approval did not arrive within 5 s.',
    transcript: SAMPLE_EXCHANGE,
    ...parts,
  };
}

/** A case that passed without any check; parts are replaced at will. */
export function sampleCase(parts: Partial<CaseResult> = {}): CaseResult {
  const outcome = parts.outcome ?? 'pass';
  return {
    scenario: 'subscription/inbound-subscribed',
    case: 'none + pending out',
    title: 'An approval counts only while a request is pending',
    sections: ['A.3.3'],
    outcome,
    specs: { rfc3921: outcome, rfc6121: outcome },
    reason: '',
    durationMs: 41.5,
    checks: [],
    choices: [],
    schemaViolations: [],
    known: [],
    transcript: [],
    ...parts,
  };
}

/** A clause that failed; parts are replaced at will. */
export function sampleClause(parts: Partial<ClauseResult> = {}): ClauseResult {
  return {
    id: 'rfc6121:A.3.3/deliver',
    document: 'rfc6121',
    spec: 'rfc6121',
    section: 'A.3.3',
    level: 'MUST',
    role: 'server',
    summary:
      'An approval that answers a pending request is delivered to the available resources of the user.',
    outcome: 'fail',
    why: '',
    contradicts: [],
    differs: ['rfc3921:9.3/subscribed-deliver'],
    scenarios: ['subscription/inbound-subscribed'],
    ...parts,
  };
}

const NO_CLAUSES: ClauseCounts = { pass: 0, fail: 0, blocked: 0, untested: 0 };
const NO_LEVELS = {
  MUST: NO_CLAUSES,
  'MUST NOT': NO_CLAUSES,
  SHOULD: NO_CLAUSES,
  'SHOULD NOT': NO_CLAUSES,
  MAY: NO_CLAUSES,
};

/** A run of these cases, its counts and exit status in keeping; parts are replaced at will. */
export function sampleRun(cases: readonly CaseResult[], parts: Partial<RunResult> = {}): RunResult {
  const tally: Record<Outcome, number> = { pass: 0, warn: 0, fail: 0, blocked: 0, skipped: 0, error: 0 };
  for (const result of cases) tally[result.outcome] += 1;
  return {
    tool: { name: 'xmpp-conform', version: '0.1.0' },
    target: {
      name: '127.0.0.1:5222',
      host: '127.0.0.1',
      port: 5222,
      domain: 'example.net',
      software: 'Sample server 1.2.3',
      findings: ['Offers in-band registration.'],
      features: ['stream:session'],
    },
    selection: {
      spec: 'rfc6121',
      strict: false,
      only: [],
      skip: [],
      sections: [],
      jobs: 8,
      timeoutMs: 5000,
      settleMs: 20,
    },
    startedAt: '2026-03-01T10:20:30.456Z',
    durationMs: 12_345,
    interrupted: '',
    exitStatus: tally.fail > 0 ? 1 : tally.blocked + tally.error > 0 ? 2 : 0,
    summary: {
      cases: tally,
      specs: {
        rfc3921: { ...NO_LEVELS, MUST: { pass: 80, fail: 0, blocked: 1, untested: 4 } },
        rfc6121: { ...NO_LEVELS, MUST: { pass: 90, fail: 2, blocked: 0, untested: 7 } },
      },
    },
    clauses: [sampleClause(), sampleClause({ id: 'rfc6121:2.1.6/unseen', outcome: 'untested' })],
    sections: [{ document: 'rfc6121', section: 'A.3.3', title: 'Inbound Subscription Approval' }],
    scenarios: [
      {
        id: 'subscription/inbound-subscribed',
        title: 'An approval counts only while a request is pending',
        file: 'fixtures/scenarios/subscription/inbound-subscribed.xml',
        prose: 'An approval counts only while a request is pending\n\nGiven\n  juliet, a contact\n',
      },
    ],
    cases,
    choices: cases.flatMap((result) => result.choices),
    knownFailures: { file: 'known.xml', stale: [] },
    fence: {
      latenessMs: { p50: 0, p99: 1.2, max: 3.4 },
      paths: { inbound: { p50: 0, p99: 1.2, max: 3.4, samples: 120 } },
    },
    ...parts,
  };
}

/** A run with one case of every kind that a report treats differently. */
export function sampleOfEverything(): RunResult {
  const twin = { clause: 'rfc3921:9.3/subscribed-deliver', spec: 'rfc3921' } as const;
  return sampleRun([
    sampleCase({
      choices: [
        {
          name: 'stranger-probe',
          scenario: 'presence/probe',
          case: 'stranger',
          taken: 'unsubscribed',
          options: ['unsubscribed', 'silence'],
          clauses: ['rfc6121:4.3.2/no-account'],
        },
      ],
      transcript: SAMPLE_EXCHANGE,
    }),
    sampleCase({
      case: 'to + pending in',
      outcome: 'fail',
      checks: [sampleCheck(), sampleCheck(twin), sampleCheck({ at: 'romeo/cellar', received: '' })],
      schemaViolations: ["<presence type='maybe'/>: 'maybe' is not a type of presence"],
    }),
    sampleCase({
      scenario: 'roster/set',
      case: 'push',
      outcome: 'pass',
      specs: { rfc3921: 'fail', rfc6121: 'pass' },
    }),
    sampleCase({
      case: 'both',
      outcome: 'warn',
      checks: [
        sampleCheck({
          level: 'SHOULD NOT',
          outcome: 'warn',
          kind: 'never',
          expected: "<presence type='unsubscribed'/>",
          reason: 'A presence came that should not have.',
        }),
      ],
    }),
    sampleCase({
      scenario: 'roster/set',
      case: 'blocked',
      outcome: 'blocked',
      reason: 'State To was not reached.',
    }),
    sampleCase({
      scenario: 'roster/set',
      case: 'skipped',
      outcome: 'skipped',
      reason: 'No component given.',
    }),
    sampleCase({
      scenario: 'roster/set',
      case: 'error',
      outcome: 'error',
      reason: 'The connection was lost.',
      transcript: SAMPLE_EXCHANGE,
    }),
    sampleCase({
      scenario: 'roster/set',
      case: 'known',
      outcome: 'fail',
      checks: [sampleCheck()],
      known: [{ status: 'expected', clause: 'rfc6121:A.3.3/deliver', why: 'bug 17' }],
    }),
    sampleCase({
      scenario: 'roster/set',
      case: 'known, but otherwise',
      outcome: 'fail',
      checks: [sampleCheck()],
      known: [{ status: 'other-reason', clause: 'rfc6121:A.3.3/deliver', why: 'bug 18' }],
    }),
    sampleCase({
      scenario: 'roster/set',
      case: 'known, yet passes',
      known: [{ status: 'unexpected-pass', clause: 'rfc6121:A.3.3/deliver', why: 'bug 19' }],
    }),
  ]);
}
