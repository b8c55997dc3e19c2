import type { Element } from '../../wire/element.js';
import type { Accounts } from '../accounts.js';
import type { Deviate } from '../deviations.js';
import type { Emission, Occasion, Purpose, Trigger } from '../emission.js';
import type { Session } from '../session.js';
import { errorReply } from '../stanza.js';

/** Rewrites all that leaves the server on one occasion. */
export type RewriteAll = (
  emissions: readonly Emission[],
  occasion: Occasion,
  accounts: Accounts,
) => readonly Emission[];

/** Rewrites one stanza that leaves the server, into none, one or several. */
export type RewriteOne = (
  emission: Emission,
  occasion: Occasion,
  accounts: Accounts,
) => Emission | readonly Emission[];

/** A deviation at the last gate, in whole batches. */
export function rewriteAll(rewrite: RewriteAll): Deviate {
  return (policy, accounts) => ({
    emissions: (emissions, occasion) => rewrite(policy.emissions(emissions, occasion), occasion, accounts),
  });
}

/** A deviation at the last gate, stanza by stanza. */
export function rewriteEach(rewrite: RewriteOne): Deviate {
  return rewriteAll((emissions, occasion, accounts) =>
    emissions.flatMap((emission) => rewrite(emission, occasion, accounts)),
  );
}

/** Loses the stanzas that the test picks. */
export function drop(test: (emission: Emission, occasion: Occasion, accounts: Accounts) => boolean): Deviate {
  return rewriteEach((emission, occasion, accounts) => (test(emission, occasion, accounts) ? [] : emission));
}

/** Changes the stanzas that the test picks. */
export function alter(
  test: (emission: Emission, occasion: Occasion) => boolean,
  change: (stanza: Element, emission: Emission, occasion: Occasion) => Element,
): Deviate {
  return rewriteEach((emission, occasion) =>
    test(emission, occasion)
      ? { ...emission, stanza: change(emission.stanza, emission, occasion) }
      : emission,
  );
}

/** Puts the stanzas that the test picks behind the others of the occasion. */
export function last(test: (emission: Emission, occasion: Occasion) => boolean): Deviate {
  return rewriteAll((emissions, occasion) => [
    ...emissions.filter((emission) => !test(emission, occasion)),
    ...emissions.filter((emission) => test(emission, occasion)),
  ]);
}

/** Picks by what the stanza is for and, where triggers are given, by what made the server act. */
export function is(purpose: Purpose, ...triggers: readonly Trigger[]) {
  return (emission: Emission, occasion: Occasion): boolean =>
    emission.purpose === purpose && (triggers.length === 0 || triggers.includes(occasion.trigger));
}

/** The stanza's resource; undefined where its `to` address leads. */
export function sessionOf(emission: Emission): Session | undefined {
  return emission.to === 'route' ? undefined : emission.to;
}

/** Lets only the first stanza of a purpose out, on certain occasions. */
export function firstOnly(purpose: Purpose, ...triggers: readonly Trigger[]): Deviate {
  return rewriteAll((emissions, occasion) => {
    const first = emissions.find((emission) => is(purpose, ...triggers)(emission, occasion));
    return emissions.filter(
      (emission) => emission === first || !is(purpose, ...triggers)(emission, occasion),
    );
  });
}

/** A deviation at the last gate that remembers what it has seen, as long as one server lasts. */
export function remembering<T>(
  blank: () => T,
  rewrite: (emissions: readonly Emission[], occasion: Occasion, memory: T) => readonly Emission[],
): Deviate {
  return (policy, accounts) => {
    const memory = blank();
    return rewriteAll((emissions, occasion) => rewrite(emissions, occasion, memory))(policy, accounts);
  };
}

/** The error that answers what came in. */
export function refused({ stanza }: Occasion, condition = 'service-unavailable'): Emission {
  return { purpose: 'reply', to: 'route', stanza: errorReply(stanza, 'cancel', condition) };
}

/** Whether there is such a user, without an available resource. */
export function isAway({ account }: Occasion): boolean {
  return account !== undefined && account.available().length === 0;
}

/** Whether the resource's stream is over. */
export function isGone(session: Session | undefined): boolean {
  return session !== undefined && !session.account.sessions.has(session.resource);
}
