import { readFixture } from '../fixture.js';
import type { Element } from '../wire/element.js';
import { attribute, children, stanza } from './load.js';

/** One of the nine subscription states (RFC 3921 9.1, RFC 6121 A.1), as fixtures/states.xml has it. */
export interface SubscriptionState {
  readonly name: string;
  /** Whether the state exists without a roster item too (RFC 6121 A.1). */
  readonly itemOptional: boolean;
  readonly path: readonly StateStep[];
  readonly recognised: StateSigns;
}

/** A step on the way to a state. */
export interface StateStep {
  readonly from: 'user' | 'contact';
  /** The state in which it is taken. */
  readonly in: string;
  /** Presence with {user} and {contact} to fill in. */
  readonly presence: Element;
}

/** What shows a state. */
export interface StateSigns {
  readonly subscription: string;
  /** ask='subscribe' on the roster item. */
  readonly ask: boolean;
  /** A request of the contact waits for an answer. */
  readonly pendingIn: boolean;
}

/**
 * Loads the states by name.
 * @throws FixtureError
 */
export function loadStates(): ReadonlyMap<string, SubscriptionState> {
  const root = readFixture('fixtures/states.xml', 'states');
  return new Map(
    children(root, 'state').map((node) => {
      const name = attribute(node, 'name');
      const path = children(node, 'send').flatMap((send) =>
        children(send, 'presence').map(
          (presence): StateStep => ({
            from: attribute(send, 'from') === 'contact' ? 'contact' : 'user',
            in: attribute(send, 'in'),
            presence: stanza(presence),
          }),
        ),
      );
      const [signs] = children(node, 'recognised').map(
        (item): StateSigns => ({
          subscription: attribute(item, 'subscription'),
          ask: attribute(item, 'ask') === 'true',
          pendingIn: attribute(item, 'pending-in') === 'true',
        }),
      );
      if (signs === undefined) throw new Error(`fixtures/states.xml: ${name} has no signs`);
      return [name, { name, itemOptional: attribute(node, 'item') === 'optional', path, recognised: signs }];
    }),
  );
}
