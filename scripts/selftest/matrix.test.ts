import { expect } from 'chai';
import type { Clause } from '../../harness/requirements/clause.js';
import type { ChoiceCheck, ChoiceOption, ExpectCheck, PlayableCase } from '../../harness/scenario/types.js';
import { catalogueOf, clause, playable } from '../../harness/verdict/sample.support.test.js';
import { element, NS } from '../../harness/wire/element.js';
import type { JobCase, JobResult } from './job.js';
import { matrixOf } from './matrix.js';

const ONE = 'rfc3921:8.6/sent';
const OTHER = 'rfc3921:9.4/not-sent';
const FREE = 'rfc3921:9.4/free';

const RIVALS = [clause(ONE, { contradicts: [OTHER] }), clause(OTHER, { contradicts: [ONE] })];

const template = (attrs: Record<string, string>) => element('presence', NS.client, attrs);

function option(kind: 'expect' | 'never', proves: string, attrs: Record<string, string> = {}): ChoiceOption {
  const part = { kind, at: ['juliet'], template: template({ type: 'unsubscribed', ...attrs }), line: 2 };
  return { name: kind, inOrder: false, parts: [part], proves: [proves] };
}

function choice(...options: ChoiceOption[]): ChoiceCheck {
  return { kind: 'one-of', name: 'unsubscribed', options, proves: [], line: 1, when: '' };
}

function expecting(proves: string): ExpectCheck {
  return {
    kind: 'expect',
    id: '',
    at: ['juliet'],
    template: template({}),
    times: undefined,
    asserts: [],
    proves: [proves],
    line: 9,
    when: '',
  };
}

const withChecks = (...checks: (ChoiceCheck | ExpectCheck)[]): PlayableCase =>
  playable({ exchanges: [{ actions: [], checks }] });

const played = (parts: Partial<JobCase>): JobResult => ({
  interrupted: '',
  preflight: '',
  noticed: {},
  cases: [
    {
      scenario: 'area/sample',
      case: 'only',
      outcome: 'pass',
      reason: '',
      broken: [],
      liberties: [],
      choices: [],
      ...parts,
    },
  ],
});

function matrix(
  cases: readonly PlayableCase[],
  {
    clauses = RIVALS,
    killed = [],
    permitted = [],
  }: Partial<{
    clauses: readonly Clause[];
    killed: readonly string[];
    permitted: readonly JobResult[];
  }> = {},
) {
  const fixtures = { catalogue: catalogueOf(...clauses), states: new Map(), scenarios: [], cases };
  return matrixOf(fixtures, new Set(killed), permitted);
}

describe('matrixOf', () => {
  const opposites = choice(option('expect', ONE, { to: '{juliet}' }), option('never', OTHER));

  it('misses a fault for each clause judged that none has failed', () => {
    const found = matrix([withChecks(expecting(ONE), expecting(OTHER))], { killed: [ONE] });
    expect(found.judged).to.equal(2);
    expect(found.spared).to.deep.equal([OTHER]);
    expect([...found.opposed]).to.deep.equal([]);
  });

  it('misses none where a stanza comes or not, and a clause that contradicts demands the opposite', () => {
    const { spared, opposed } = matrix([withChecks(opposites)]);
    expect(spared).to.deep.equal([]);
    expect([...opposed]).to.deep.equal([
      [ONE, [OTHER]],
      [OTHER, [ONE]],
    ]);
  });

  it('misses one where a third way is left', () => {
    const third = choice(option('expect', ONE), option('never', OTHER), option('expect', FREE, { id: 'x' }));
    const otherwise = choice(option('expect', ONE, { id: 'x' }), option('never', OTHER));
    const clauses = [...RIVALS, clause(FREE)];
    expect(matrix([withChecks(third)], { clauses }).spared).to.deep.equal([ONE, FREE, OTHER].sort());
    expect(matrix([withChecks(otherwise)]).spared).to.deep.equal([ONE, OTHER]);
  });

  it('misses one where the clause is judged in any other place, or its opposite is of no rival', () => {
    expect(matrix([withChecks(opposites), withChecks(expecting(ONE))]).spared).to.deep.equal([ONE]);
    expect(matrix([withChecks(opposites, expecting(ONE))]).spared).to.deep.equal([ONE]);
    expect(matrix([withChecks(opposites)], { clauses: [clause(ONE), clause(OTHER)] }).spared).to.deep.equal([
      ONE,
      OTHER,
    ]);
  });

  it('asks no fault of a MAY, but a permitted server that makes use of it', () => {
    const cases = [withChecks(expecting(FREE))];
    const clauses = [clause(FREE, { level: 'MAY' })];
    expect(matrix(cases, { clauses })).to.deep.include({ spared: [], unused: [FREE] });
    const permitted = [played({ liberties: [FREE] })];
    expect(matrix(cases, { clauses, permitted }).unused).to.deep.equal([]);
  });

  it('lists the options that no permitted server takes', () => {
    const permitted = [played({ choices: [{ name: 'unsubscribed', taken: 'expect' }] })];
    expect(matrix([withChecks(opposites)], { permitted }).untaken).to.deep.equal([
      'area/sample: unsubscribed: never',
    ]);
  });
});
