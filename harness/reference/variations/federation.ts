import type { Variation } from '../deviations.js';
import { fares, federates } from '../faults/federate.js';

/** What the specifications leave open about other servers. */
export const FEDERATION_VARIATIONS: readonly Variation[] = [
  {
    id: 'federation/invalid-key-refused',
    title: 'a key that its domain denies is answered with a dialback error, and the stream goes on',
    specs: ['rfc6121'],
    deviate: federates(() => ({ invalidKey: 'refused' })),
  },
  {
    id: 'federation/invalid-key-untold',
    title: 'a stream whose key is denied by its domain is closed without a word on the key',
    specs: ['rfc3921'],
    deviate: federates(() => ({ invalidKey: 'untold' })),
  },
  {
    id: 'federation/further-pairs-not-taken',
    title: 'a key for a further pair of domains is answered with a dialback error',
    specs: ['rfc6121'],
    deviate: federates(() => ({ furtherPairs: 'refused' })),
  },
  {
    id: 'federation/unproved-as-invalid-from',
    title: 'a stanza on a stream on which no domain is proved ends it with invalid-from',
    deviate: fares('invalid-from', 'ignored', 'not-authorized'),
  },
  {
    id: 'federation/foreign-recipient-gone',
    title: 'a stanza for a domain that the server does not serve ends the stream with host-gone',
    deviate: fares('host-gone', 'host-unknown'),
  },
  {
    id: 'federation/failures-unavailable',
    title: 'what can not be sent to another server comes back as service-unavailable, whatever the reason',
    specs: ['rfc3921'],
    deviate: federates(() => ({
      failureError: () => ({ type: 'cancel', condition: 'service-unavailable' }),
    })),
  },
  {
    id: 'federation/refusal-as-time-out',
    title: 'what has waited for a server that calls the key invalid comes back as remote-server-timeout',
    specs: ['rfc6121'],
    deviate: federates(({ failureError }) => ({
      failureError: (failure) => failureError(failure === 'refused' ? 'unreachable' : failure),
    })),
  },
];
