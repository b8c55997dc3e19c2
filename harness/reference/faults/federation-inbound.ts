import type { Deviate, Fault } from '../deviations.js';
import { dialbackKey } from '../s2s/dialback.js';
import { fares, federates } from './federate.js';

/** Faults in how the server takes other servers: whom it believes, and what it lets in. */
export const FEDERATION_INBOUND_FAULTS: readonly Fault[] = [
  {
    id: 'federation/unverified-accepted',
    title: 'stanzas are taken on streams on which no domain has been verified',
    breaks: [
      'rfc3920:8.3/unverified-dropped',
      'rfc6120:4.3.5/early-stanza-refused',
      'xep0220:2.2.1/identity-verified',
    ],
    deviate: fares('taken', 'ignored', 'not-authorized'),
  },
  {
    id: 'federation/unverified-ignored',
    title: 'stanzas ahead of verification are ignored, and the stream goes on',
    breaks: ['rfc6120:4.3.5/early-stanza-closes'],
    specs: ['rfc6121'],
    deviate: fares('ignored', 'not-authorized'),
  },
  {
    id: 'federation/spoofed-sender-accepted',
    title: 'a stanza from another domain than the verified one is taken',
    breaks: ['rfc3920:8.3/from-verified', 'rfc3920:8.3/invalid-from', 'rfc6120:8.1.2.2/invalid-from'],
    deviate: fares('taken', 'invalid-from'),
  },
  {
    id: 'federation/spoofed-sender-ignored',
    title: 'a stanza from another domain than the verified one is ignored, and the stream goes on',
    breaks: ['rfc3920:8.3/invalid-from', 'rfc6120:8.1.2.2/invalid-from'],
    deviate: fares('ignored', 'invalid-from'),
  },
  {
    id: 'federation/spoofed-sender-misnamed',
    title: 'the stream error for a stanza from another domain than the verified one is not invalid-from',
    breaks: ['rfc3920:8.3/invalid-from', 'rfc6120:8.1.2.2/invalid-from'],
    deviate: fares('not-authorized', 'invalid-from'),
  },
  {
    id: 'federation/foreign-recipient-relayed',
    title: 'a stanza for a domain that the server does not serve is passed on to it',
    breaks: ['rfc6120:8.1.1.2/host-unknown', 'rfc6120:10.4/foreign-not-accepted'],
    specs: ['rfc6121'],
    deviate: fares('taken', 'host-unknown'),
  },
  {
    id: 'federation/foreign-recipient-ignored',
    title: 'a stanza for a domain that the server does not serve is ignored, and the stream goes on',
    breaks: ['rfc6120:8.1.1.2/host-unknown'],
    specs: ['rfc6121'],
    deviate: fares('ignored', 'host-unknown'),
  },
  {
    id: 'federation/unaddressed-ignored',
    title: 'a stanza without from or to is ignored, and the stream goes on',
    breaks: [
      'rfc3920:8.3/improper-addressing',
      'rfc6120:8.1.1.2/improper-addressing',
      'rfc6120:8.1.2.2/improper-addressing',
    ],
    deviate: fares('ignored', 'improper-addressing'),
  },
  {
    id: 'federation/unaddressed-accepted',
    title: 'a stanza without a sender is taken',
    breaks: [
      'rfc3920:8.3/addresses-verified',
      'rfc3920:8.3/improper-addressing',
      'rfc6120:8.1.2.2/improper-addressing',
    ],
    deviate: federates(({ inboundFate }) => ({
      inboundFate: (fate, stanza) =>
        fate === 'improper-addressing' && stanza.attrs.to !== undefined ? 'taken' : inboundFate(fate, stanza),
    })),
  },
  {
    id: 'federation/keys-never-verified',
    title: 'every key is taken as valid, without asking the authoritative server',
    breaks: [
      'rfc3920:8.1/names-resolved',
      'xep0220:2.2.1/identity-verified',
      'xep0220:2.2.1/invalid-not-accepted',
    ],
    deviate: federates(() => ({ verifiesKeys: false })),
  },
  {
    id: 'federation/denied-key-taken',
    title: 'a key that the authoritative server denies is taken all the same',
    breaks: [
      'rfc3920:8.3/invalid-terminates',
      'xep0220:2.2.1/invalid-not-accepted',
      'xep0220:2.2.1/invalid-told',
      'xep0220:2.2.1/invalid-closes',
    ],
    deviate: federates(({ verdict }) => ({
      verdict: (said) => (said === 'invalid' ? 'valid' : verdict(said)),
    })),
  },
  {
    id: 'federation/unanswered-key-taken',
    title: 'a key is taken as valid when the authoritative server cannot be reached',
    breaks: ['rfc3920:8.1/error-terminates', 'xep0220:2.5/failure-told'],
    deviate: federates(({ verdict }) => ({
      verdict: (said) => (said === 'unresolved' || said === 'unreachable' ? 'valid' : verdict(said)),
    })),
  },
  {
    id: 'federation/invalid-stream-kept',
    title: 'the stream goes on after its only key has been found invalid',
    breaks: ['rfc3920:8.3/invalid-terminates', 'xep0220:2.2.1/invalid-closes'],
    deviate: federates(() => ({ invalidKey: 'told' })),
  },
  {
    id: 'federation/unsolicited-result-believed',
    title: 'an answer about a key that comes unasked on a stream of the other server counts as verification',
    breaks: ['rfc3920:8.3/unverified-dropped', 'xep0220:2.2.1/identity-verified'],
    deviate: federates(() => ({ believesUnsolicited: true })),
  },
  {
    id: 'federation/any-key-vouched-for',
    title: 'every key that another server asks about is declared valid',
    breaks: ['rfc3920:8.1/key-of-secret', 'rfc3920:8.1/key-of-this-stream', 'rfc3920:8.1/key-of-these-hosts'],
    specs: ['rfc3921'],
    deviate: federates(() => ({ vouches: () => true })),
  },
  {
    id: 'federation/key-without-stream-id',
    title: 'keys do not depend on the stream, so that one that was seen once serves everywhere',
    breaks: ['rfc3920:8.1/key-of-this-stream'],
    specs: ['rfc3921'],
    deviate: keyedBy(({ from, to }) => ({ from, to, id: '' })),
  },
  {
    id: 'federation/key-without-domains',
    title: 'keys do not depend on the receiving domain, so that whoever receives one can use it elsewhere',
    breaks: ['rfc3920:8.1/key-of-these-hosts'],
    specs: ['rfc3921'],
    deviate: keyedBy(({ from, id }) => ({ from, to: '', id })),
  },
  {
    id: 'federation/further-pairs-refused',
    title: 'a stream is good for one pair of domains only',
    breaks: ['rfc3920:8.3/further-pairs'],
    specs: ['rfc3921'],
    deviate: federates(() => ({ furtherPairs: 'refused' })),
  },
  {
    id: 'federation/further-pairs-fatal',
    title: 'a key for a further pair of domains ends the stream',
    breaks: ['rfc3920:8.3/further-pairs', 'xep0220:2.2.1/requests-processed', 'xep0220:2.2.1/result-told'],
    deviate: federates(() => ({ furtherPairs: 'fatal' })),
  },
];

/** Makes keys from other parts. */
function keyedBy(
  parts: (sound: Parameters<typeof dialbackKey>[1]) => Parameters<typeof dialbackKey>[1],
): Deviate {
  return federates(() => ({ key: (secret, sound) => dialbackKey(secret, parts(sound)) }));
}
