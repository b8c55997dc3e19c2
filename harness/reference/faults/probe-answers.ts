import type { Element } from '../../wire/element.js';
import type { Deviate } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { resourceText } from '../jid.js';
import { stamp } from '../stanza.js';
import { facetsOf } from '../subscriptions.js';
import { alter, is, rewriteAll } from './gate.js';

/** Picks answers to probes. */
export type Test = (emission: Emission, occasion: Occasion) => boolean;

/** The resource that is probed; empty when the probe is to the bare JID. */
export function probedResource({ stanza }: Occasion): string {
  return resourceText(stanza.attrs.to ?? '');
}

/** Available presence in answer to a probe. */
export const shows: Test = (emission, occasion) =>
  is('probe-answer')(emission, occasion) && emission.stanza.attrs.type === undefined;

/** An answer of one type. */
export function answers(type: string): Test {
  return (emission, occasion) =>
    is('probe-answer')(emission, occasion) && emission.stanza.attrs.type === type;
}

/** The answer, where the probe is to a resource. */
export function ofResource(test: Test): Test {
  return (emission, occasion) => probedResource(occasion) !== '' && test(emission, occasion);
}

/** The answer, where the probe is to the bare JID. */
export function ofAccount(test: Test): Test {
  return (emission, occasion) => probedResource(occasion) === '' && test(emission, occasion);
}

/** The answer, where it goes to a subscriber. */
export function toSubscriber(test: Test): Test {
  return (emission, occasion) => facetsOf(occasion.before ?? 'none').from && test(emission, occasion);
}

/** The answer, where it goes to someone without subscription. */
export function toStranger(test: Test): Test {
  return (emission, occasion) => !facetsOf(occasion.before ?? 'none').from && test(emission, occasion);
}

/** What the user's other available resources have broadcast, too. */
export function withOthers(test: Test): Deviate {
  return rewriteAll((emissions, occasion) => {
    const { account, stanza } = occasion;
    if (account === undefined || !emissions.some((emission) => test(emission, occasion))) return emissions;
    const others = account.available().filter(({ jid }) => jid !== stanza.attrs.to);
    return [
      ...emissions,
      ...others.flatMap(({ presence: last }): Emission[] =>
        last === undefined ? [] : [answerOf(stamp(last, { to: stanza.attrs.from }))],
      ),
    ];
  });
}

/** The complete presence of the resource in place of an answer. */
export function completed(test: Test): Deviate {
  return alter(test, (answer, _emission, { account, stanza }) => {
    const last = account?.sessions.get(resourceText(stanza.attrs.to ?? ''))?.presence;
    return last === undefined ? answer : stamp(last, { to: stanza.attrs.from });
  });
}

/** An answer to a probe. */
export function answerOf(stanza: Element): Emission {
  return { purpose: 'probe-answer', to: 'route', stanza };
}
