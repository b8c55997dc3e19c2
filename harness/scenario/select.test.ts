import { expect } from 'chai';
import { playable, scenario } from '../verdict/sample.support.test.js';
import { expandScenario } from './expand.js';
import { citedClauses, type Selection, selectCases } from './select.js';
import type { PlayableCase } from './types.js';
import { GIVEN, scenarioOf } from './written.support.test.js';

function play(id: string, name: string, ...clauses: string[]): PlayableCase {
  const state = {
    kind: 'state',
    of: 'romeo',
    to: 'juliet',
    is: 'To',
    item: '',
    proves: clauses,
    alternatives: [],
    line: 1,
    when: '',
  } as const;
  return playable({ scenario: scenario({ id }), name, states: [state] });
}

const CASES = [
  play('roster/push', 'only', 'rfc3921:7.4/push', 'rfc6121:2.3.1/push'),
  play('subscription/inbound', 'none', 'rfc3921:9.3/none'),
  play('subscription/inbound', 'none, no item', 'rfc6121:A.3.1/none'),
];

function select(selection: Partial<Selection>) {
  const { cases, unmatched } = selectCases(CASES, { only: [], skip: [], section: [], ...selection });
  return { cases: cases.map((item) => `${item.scenario.id}#${item.name}`), unmatched };
}

const [PUSH, NONE, NO_ITEM] = [
  'roster/push#only',
  'subscription/inbound#none',
  'subscription/inbound#none, no item',
];

describe('selectCases', () => {
  it('takes everything when nothing is asked for', () => {
    expect(select({})).to.deep.equal({ cases: [PUSH, NONE, NO_ITEM], unmatched: [] });
  });

  it('matches scenarios and cases whole, with * for anything', () => {
    expect(select({ only: ['roster/push'] }).cases).to.deep.equal([PUSH]);
    expect(select({ only: ['subscription/*'] }).cases).to.deep.equal([NONE, NO_ITEM]);
    expect(select({ only: ['*#none'] }).cases).to.deep.equal([NONE]);
    expect(select({ only: ['*#none*', 'roster/*'] }).cases).to.deep.equal([PUSH, NONE, NO_ITEM]);
    expect(select({ only: ['roster'] })).to.deep.equal({ cases: [], unmatched: ['roster'] });
    expect(select({ only: ['roster.push'] }).unmatched).to.deep.equal(['roster.push']);
  });

  it('leaves out what is skipped, also of what was asked for', () => {
    expect(select({ skip: ['*#none'] }).cases).to.deep.equal([PUSH, NO_ITEM]);
    expect(select({ only: ['roster/*'], skip: ['roster/push'] })).to.deep.equal({ cases: [], unmatched: [] });
  });

  it('takes sections with their subsections, of one specification or both', () => {
    expect(select({ section: ['9'] }).cases).to.deep.equal([NONE]);
    expect(select({ section: ['rfc6121:A'] }).cases).to.deep.equal([NO_ITEM]);
    expect(select({ section: ['2.3', '9.3'] }).cases).to.deep.equal([PUSH, NONE]);
    expect(select({ section: ['rfc6121:9.3'] })).to.deep.equal({ cases: [], unmatched: ['rfc6121:9.3'] });
    expect(select({ section: ['2.30'] }).unmatched).to.deep.equal(['2.30']);
  });

  it('tells every pattern that matches nothing', () => {
    expect(select({ only: ['a', 'roster/*'], skip: ['b'], section: ['99'] }).unmatched).to.deep.equal([
      'a',
      'b',
      '99',
    ]);
  });
});

describe('citedClauses', () => {
  it('gathers the clauses of checks, assertions, options and states, each once', () => {
    const [item] = expandScenario(
      scenarioOf(
        '<title>A sample</title>',
        GIVEN,
        '<expect at="juliet" proves="rfc3921:1/a"><presence/><assert test="true()" says="so" proves="rfc3921:1/b"/></expect>',
        '<never at="juliet" proves="rfc3921:1/a rfc3921:1/c"><message/></never>',
        '<one-of name="n" proves="rfc3921:1/d"><option name="x" proves="rfc3921:1/e"><never at="juliet"><iq/></never></option>',
        '<option name="y"><expect at="juliet"><iq/></expect></option></one-of>',
        '<state of="romeo" to="juliet" is="To" proves="rfc3921:1/f"><or is="None" proves="rfc3921:1/g"/></state>',
      ),
    );
    expect(item === undefined ? [] : citedClauses(item)).to.deep.equal(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `rfc3921:1/${name}`),
    );
  });
});
