import type { Element } from '../../wire/element.js';
import type { Deviate } from '../deviations.js';
import type { InboundFate } from '../s2s/fate.js';
import type { FederationPolicy } from '../s2s/policy.js';

/** Takes decisions about other servers differently. */
export function federates(change: (sound: FederationPolicy) => Partial<FederationPolicy>): Deviate {
  return ({ federation }) => ({ federation: { ...federation, ...change(federation) } });
}

/** Has another fate for the stanzas of other servers that would have one of these. */
export function fares(as: InboundFate, ...sound: readonly InboundFate[]): Deviate {
  return federates(({ inboundFate }) => ({
    inboundFate: (fate, stanza) => (sound.includes(fate) ? as : inboundFate(fate, stanza)),
  }));
}

/**
 * Whether the stanza is a message that people write. Where a fault takes anything else as well, nobody gets so far as to
 * judge it.
 */
export function isLetter({ name, attrs }: Element): boolean {
  return name === 'message' && attrs.type !== 'headline';
}
