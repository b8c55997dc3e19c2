import { expect } from 'chai';
import { loadStates } from '../scenario/states.js';
import { compareState, describeState, type FoundState } from './subscription.js';

const NOTHING: FoundState = { item: false, subscription: 'none', ask: false, pendingIn: false };

describe('compareState', () => {
  const states = loadStates();

  function differing(name: string, item: string, found: Partial<FoundState>): string[] {
    const state = states.get(name);
    if (state === undefined) throw new Error(`no state ${name}`);
    return compareState({ state, item }, { ...NOTHING, ...found }).map(
      ({ path, expected, received }) => `${path} ${expected} ${received}`,
    );
  }

  it('finds no difference between a state and its signs, and some from every other', () => {
    for (const wanted of states.values()) {
      for (const other of states.values()) {
        const found = { ...other.recognised, item: true };
        const differences = compareState({ state: wanted, item: 'yes' }, found);
        expect(differences.length === 0, `${wanted.name} and ${other.name}`).to.equal(wanted === other);
      }
    }
  });

  it('names each sign that differs', () => {
    expect(differing('Both', '', { subscription: 'to', ask: true, pendingIn: true })).to.deep.equal([
      'subscription both to',
      'ask absent subscribe',
      'request waiting no yes',
      'roster item yes no',
    ]);
  });

  it('minds the roster item where it is open only when one is asked for', () => {
    expect(differing('None', 'yes', {})).to.deep.equal(['roster item yes no']);
    expect(differing('None', 'no', { item: true })).to.deep.equal(['roster item no yes']);
    expect(differing('None', 'any', {})).to.deep.equal([]);
    expect(differing('None', '', { item: true })).to.deep.equal([]);
    expect(differing('None + Pending In', 'no', { pendingIn: true })).to.deep.equal([]);
  });

  it('takes what the target does not show for no difference', () => {
    expect(differing('None', '', { pendingIn: undefined })).to.deep.equal([]);
    expect(differing('None + Pending In', '', { pendingIn: undefined })).to.deep.equal([]);
    expect(differing('To', '', { item: true, pendingIn: undefined })).to.deep.equal(['subscription to none']);
  });

  it('wants an item in every other state, whatever was asked for', () => {
    expect(differing('To', 'no', { subscription: 'to', item: true })).to.deep.equal([]);
    expect(differing('To', '', { subscription: 'to' })).to.deep.equal(['roster item yes no']);
  });
});

describe('describeState', () => {
  it('tells what was found in words', () => {
    expect(describeState(NOTHING)).to.equal('no roster item, no request waiting');
    expect(describeState({ item: true, subscription: 'from', ask: true, pendingIn: true })).to.equal(
      "subscription='from' ask='subscribe', a request waiting",
    );
    expect(describeState({ ...NOTHING, pendingIn: undefined })).to.equal(
      'no roster item, not shown whether a request waits',
    );
  });
});
