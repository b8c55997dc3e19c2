import type {
  InteropCase,
  InteropDifference,
  InteropResult,
  InteropServer,
} from '../../harness/interop/result.js';

/** A server that gave its record. */
export function serverOf(name: string, parts: Partial<InteropServer> = {}): InteropServer {
  return { name, domain: `${name}.test`, software: '', record: `${name}/results.json`, ...parts };
}

/** An expectation on the contact's end that the user's server let down. */
export function differenceOf(parts: Partial<InteropDifference> = {}): InteropDifference {
  return {
    at: 'juliet/balcony',
    end: 'peer',
    source: 'fixtures/scenarios/interop/sample.xml:10',
    expected: "<presence type='subscribe'/>",
    received: '',
    reason: 'juliet/balcony received nothing',
    differences: [],
    exchange: [
      {
        at: 1.5,
        party: 'romeo/orchard',
        direction: 'sent',
        kind: 'stanza',
        xml: "<presence type='subscribe'/>",
      },
    ],
    verdict: 'departs',
    departs: ['target'],
    clauses: [
      {
        clause: 'rfc6121:3.1.2/route',
        level: 'MUST',
        summary: 'A request is routed.',
        end: 'target',
        standing: 'breaks',
        shownBy: 'subscription/outbound-subscribe#none',
        known: '',
      },
      {
        clause: 'rfc6121:3.1.3/request',
        level: 'MUST',
        summary: 'A request is delivered.',
        end: 'peer',
        standing: 'keeps',
        shownBy: '',
        known: '',
      },
    ],
    ...parts,
  };
}

/** A case in which both ends agreed. */
export function interopCaseOf(name: string, parts: Partial<InteropCase> = {}): InteropCase {
  return {
    scenario: 'interop/sample',
    case: name,
    title: 'A sample between servers',
    outcome: 'agree',
    departs: [],
    reason: '',
    differences: [],
    choices: [],
    durationMs: 1,
    transcript: [],
    ...parts,
  };
}

/** A pair that played these cases. */
export function pairOf(
  target: string,
  peer: string,
  cases: readonly InteropCase[],
  parts: Partial<InteropResult> = {},
): InteropResult {
  return {
    tool: { name: 'xmpp-conform', version: '0.1.0' },
    target: serverOf(target),
    peer: serverOf(peer),
    spec: 'rfc6121',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 1000,
    interrupted: '',
    cases,
    latenessMs: { p50: 0, p99: 0, max: 0 },
    ...parts,
  };
}

/** A pair with a case of every outcome. */
export function pairOfEverything(target = 'one', peer = 'other'): InteropResult {
  const lost = differenceOf({ verdict: 'gap', departs: [], clauses: [] });
  const open = differenceOf({
    verdict: 'unattributed',
    departs: [],
    clauses: differenceOf().clauses.map((clause) => ({ ...clause, standing: 'none', shownBy: '' })),
  });
  return pairOf(target, peer, [
    interopCaseOf('agreed', { choices: [{ name: 'a choice', taken: 'kept', by: 'peer', gap: '' }] }),
    interopCaseOf('departed', { outcome: 'departs', departs: ['target'], differences: [differenceOf()] }),
    interopCaseOf('lost', { outcome: 'gap', differences: [lost] }),
    interopCaseOf('chosen', {
      outcome: 'gap',
      choices: [{ name: 'a choice', taken: 'dropped', by: 'peer', gap: 'the sender is not told' }],
    }),
    interopCaseOf('open', { outcome: 'unattributed', differences: [open] }),
    interopCaseOf('blocked', { outcome: 'blocked', reason: 'the state was not reached' }),
    interopCaseOf('failed', { outcome: 'error', reason: 'a marker did not come back' }),
  ]);
}
