import { expect } from 'chai';
import {
  type Direction,
  STATES,
  type State,
  SUBSCRIPTION_TYPES,
  type SubscriptionType,
  transition,
} from './subscriptions.js';

/** Rows as in RFC 6121 A.2 and A.3 (RFC 3921 9.2 and 9.3): existing state, passed on or not, new state. */
const TABLES: Readonly<Record<Direction, Readonly<Record<SubscriptionType, string>>>> = {
  out: {
    subscribe: `
      none                | yes | none-pending-out
      none-pending-out    | yes | none-pending-out
      none-pending-in     | yes | none-pending-out-in
      none-pending-out-in | yes | none-pending-out-in
      to                  | yes | to
      to-pending-in       | yes | to-pending-in
      from                | yes | from-pending-out
      from-pending-out    | yes | from-pending-out
      both                | yes | both`,
    unsubscribe: `
      none                | yes | none
      none-pending-out    | yes | none
      none-pending-in     | yes | none-pending-in
      none-pending-out-in | yes | none-pending-in
      to                  | yes | none
      to-pending-in       | yes | none-pending-in
      from                | yes | from
      from-pending-out    | yes | from
      both                | yes | from`,
    subscribed: `
      none                | no  | none
      none-pending-out    | no  | none-pending-out
      none-pending-in     | yes | from
      none-pending-out-in | yes | from-pending-out
      to                  | no  | to
      to-pending-in       | yes | both
      from                | no  | from
      from-pending-out    | no  | from-pending-out
      both                | no  | both`,
    unsubscribed: `
      none                | no  | none
      none-pending-out    | no  | none-pending-out
      none-pending-in     | yes | none
      none-pending-out-in | yes | none-pending-out
      to                  | no  | to
      to-pending-in       | yes | to
      from                | yes | none
      from-pending-out    | yes | none-pending-out
      both                | yes | to`,
  },
  in: {
    subscribe: `
      none                | yes | none-pending-in
      none-pending-out    | yes | none-pending-out-in
      none-pending-in     | no  | none-pending-in
      none-pending-out-in | no  | none-pending-out-in
      to                  | yes | to-pending-in
      to-pending-in       | no  | to-pending-in
      from                | no  | from                | subscribed
      from-pending-out    | no  | from-pending-out    | subscribed
      both                | no  | both                | subscribed`,
    unsubscribe: `
      none                | no  | none
      none-pending-out    | no  | none-pending-out
      none-pending-in     | yes | none                | unsubscribed
      none-pending-out-in | yes | none-pending-out    | unsubscribed
      to                  | no  | to
      to-pending-in       | yes | to                  | unsubscribed
      from                | yes | none                | unsubscribed
      from-pending-out    | yes | none-pending-out    | unsubscribed
      both                | yes | to                  | unsubscribed`,
    subscribed: `
      none                | no  | none
      none-pending-out    | yes | to
      none-pending-in     | no  | none-pending-in
      none-pending-out-in | yes | to-pending-in
      to                  | no  | to
      to-pending-in       | no  | to-pending-in
      from                | no  | from
      from-pending-out    | yes | both
      both                | no  | both`,
    unsubscribed: `
      none                | no  | none
      none-pending-out    | yes | none
      none-pending-in     | no  | none-pending-in
      none-pending-out-in | yes | none-pending-in
      to                  | yes | none
      to-pending-in       | yes | none-pending-in
      from                | no  | from
      from-pending-out    | yes | from
      both                | yes | from`,
  },
};

/** The table that the state machine makes, in the form of the tables above. */
function rows(direction: Direction, type: SubscriptionType): string[][] {
  return STATES.map((state) => {
    const cell = { state, direction, type, approved: false, preApproval: true };
    const { pass, next, reply } = transition(cell);
    return [state, pass ? 'yes' : 'no', next, ...(reply === 'nothing' ? [] : [reply])];
  });
}

describe('transition', () => {
  for (const direction of ['out', 'in'] as const) {
    for (const type of SUBSCRIPTION_TYPES) {
      it(`does what the table for ${direction}bound ${type} says`, () => {
        const table = TABLES[direction][type]
          .trim()
          .split('\n')
          .map((row) => row.split('|').map((field) => field.trim()));
        expect(table).to.have.lengthOf(9);
        expect(rows(direction, type)).to.deep.equal(table);
      });
    }
  }

  it('shares presence with who gains a subscription, and withdraws it from who loses one', () => {
    const effects = (direction: Direction, type: SubscriptionType, effect: 'share' | 'withdraw'): State[] =>
      STATES.filter(
        (state) => transition({ state, direction, type, approved: false, preApproval: false })[effect],
      );
    const subscribers = ['from', 'from-pending-out', 'both'];
    expect(effects('out', 'subscribed', 'share')).to.deep.equal([
      'none-pending-in',
      'none-pending-out-in',
      'to-pending-in',
    ]);
    expect(effects('out', 'unsubscribed', 'withdraw')).to.deep.equal(subscribers);
    expect(effects('in', 'unsubscribe', 'withdraw')).to.deep.equal(subscribers);
    expect(effects('in', 'unsubscribed', 'withdraw')).to.deep.equal([]);
  });

  it('notes a pre-approval where there is none to grant, answers the request by it, and forgets it', () => {
    const state = 'to';
    const base = { approved: false, preApproval: true, state } as const;
    const noted = transition({ ...base, direction: 'out', type: 'subscribed' });
    expect(noted).to.include({ pass: false, next: 'to', approved: true });
    const asked = transition({ ...base, approved: true, direction: 'in', type: 'subscribe' });
    expect(asked).to.include({ pass: false, next: 'both', reply: 'subscribed', share: true });
    const cancelled = transition({ ...base, approved: true, direction: 'out', type: 'unsubscribed' });
    expect(cancelled).to.include({ pass: false, next: 'to', approved: false });
    const unsupported = { ...base, preApproval: false, direction: 'out', type: 'subscribed' } as const;
    expect(transition(unsupported)).to.include({ pass: false, next: 'to', approved: false });
  });
});
