import type { Fault } from '../deviations.js';
import { endsOtherwise } from './session.js';

/** Faults in how streams end, and in what they let pass. */
export const STREAM_FAULTS: readonly Fault[] = [
  {
    id: 'stream/no-error',
    title: 'streams are closed without a stream error',
    breaks: ['rfc3920:4.7.1/error-sent', 'rfc6120:4.9.1.1/error-sent'],
    deviate: endsOtherwise('not-well-formed', { condition: undefined }),
  },
  {
    id: 'stream/no-closing-tag',
    title: 'no closing tag follows a stream error',
    breaks: ['rfc3920:4.7.1/closing-tag', 'rfc6120:4.9.1.1/stream-closed'],
    deviate: endsOtherwise('not-well-formed', { tag: false }),
  },
  {
    id: 'stream/connection-kept',
    title: 'the connection is kept after a stream error',
    breaks: ['rfc3920:4.7.1/connection-terminated', 'rfc6120:4.4/connection-terminated'],
    deviate: endsOtherwise('not-well-formed', { connection: false }),
  },
  {
    id: 'stream/undefined-condition',
    title: 'stream errors have a condition that no RFC defines',
    breaks: ['rfc3920:4.7.2/defined-condition', 'rfc6120:4.9.2/defined-condition'],
    deviate: endsOtherwise('unsupported-stanza-type', { condition: 'odd-stanza' }),
  },
  {
    id: 'stream/ill-formed-misnamed-of-old',
    title: 'the stream error for XML that is not well-formed is not xml-not-well-formed',
    breaks: ['rfc3920:4.7.3/xml-not-well-formed'],
    specs: ['rfc3921'],
    deviate: endsOtherwise('not-well-formed', { condition: 'undefined-condition' }),
  },
  {
    id: 'stream/ill-formed-misnamed',
    title: 'the stream error for XML that is not well-formed is not not-well-formed',
    breaks: ['rfc6120:11.3/not-well-formed-error', 'rfc6120:11.3/undeclared-prefix-refused'],
    specs: ['rfc6121'],
    deviate: endsOtherwise('not-well-formed', { condition: 'undefined-condition' }),
  },
  {
    id: 'stream/restricted-misnamed-of-old',
    title: 'comments and processing instructions end the stream, but not with the error restricted-xml',
    breaks: ['rfc3920:4.7.3/restricted-xml', 'rfc3920:11.1/restricted-ignored'],
    specs: ['rfc3921'],
    deviate: endsOtherwise('restricted-xml', { condition: 'undefined-condition' }),
  },
  {
    id: 'stream/restricted-misnamed',
    title: 'the stream error for comments and processing instructions is not restricted-xml',
    breaks: ['rfc6120:11.1/restricted-xml'],
    specs: ['rfc6121'],
    deviate: endsOtherwise('restricted-xml', { condition: 'undefined-condition' }),
  },
  {
    id: 'stream/restricted-ignored',
    title: 'comments and processing instructions are left out, and the stream goes on',
    breaks: ['rfc6120:11.1/restricted-closes'],
    specs: ['rfc6121'],
    deviate: () => ({ leavesOutRestricted: true }),
  },
  {
    id: 'stream/encoding-misnamed',
    title: 'the stream error for octets that are no UTF-8 says something else',
    breaks: ['rfc6120:11.6/unsupported-encoding'],
    specs: ['rfc6121'],
    deviate: endsOtherwise('unsupported-encoding', { condition: 'undefined-condition' }),
  },
  {
    id: 'stream/bad-octets-replaced',
    title: 'octets that are no UTF-8 are replaced, and the stanza is delivered',
    breaks: [
      'rfc3920:11.3/not-well-formed-refused',
      'rfc6120:11.3/not-well-formed-refused',
      'rfc6120:11.6/other-encoding-closes',
    ],
    deviate: () => ({ replacesBadOctets: true }),
  },
  {
    id: 'stream/strange-ignored',
    title: 'first-level elements that are no stanzas are ignored',
    breaks: ['rfc3920:4.7.3/unsupported-stanza-type', 'rfc6120:4.9.3.24/unsupported-stanza-type'],
    deviate: () => ({ strangeFate: () => 'ignored' }),
  },
  {
    id: 'stream/foreign-namespace-processed',
    title: 'stanzas of another content namespace are delivered',
    breaks: ['rfc6120:4.8.3/foreign-content-namespace'],
    specs: ['rfc6121'],
    deviate: () => ({ strangeFate: () => 'processed' }),
  },
  {
    id: 'stream/small-limit',
    title: 'stanzas of more than 5000 characters are refused',
    breaks: ['rfc6120:13.12/size-limit-not-below'],
    specs: ['rfc6121'],
    deviate: () => ({ takesSize: (length) => length <= 5000 }),
  },
  {
    id: 'stream/oversize-misnamed',
    title: 'a stanza that is too large ends the stream with an error other than policy-violation',
    breaks: ['rfc6120:13.12/oversize-answered'],
    specs: ['rfc6121'],
    deviate: (policy, accounts) => ({
      takesSize: (length) => length <= 100_000,
      ...endsOtherwise('policy-violation', { condition: 'undefined-condition' })(policy, accounts),
    }),
  },
  {
    id: 'stream/foreign-sender-passed-on',
    title: 'the sender that a client states is believed',
    breaks: ['rfc3920:9.1.2/from-true', 'rfc6120:8.1.2.1/from-replaced'],
    deviate: () => ({ foreignFrom: 'passed-on' }),
  },
  {
    id: 'stream/foreign-sender-replaced',
    title: 'the sender that a client states is replaced without a stream error',
    breaks: ['rfc3920:9.1.2/foreign-from-error'],
    specs: ['rfc3921'],
    deviate: () => ({ foreignFrom: 'replaced' }),
  },
  {
    id: 'stream/foreign-sender-not-closed',
    title: 'the connection is kept after the stream error invalid-from',
    breaks: ['rfc3920:9.1.2/foreign-from-closes'],
    specs: ['rfc3921'],
    deviate: endsOtherwise('invalid-from', { connection: false }),
  },
  {
    id: 'stream/end-untold',
    title: 'nobody hears that a resource is gone whose stream has ended for an error',
    breaks: [
      'rfc3921:5.1.5/unavailable-however-lost',
      'rfc3921:5.1.5/unavailable-to-own-resources',
      'rfc6121:4.5.2/subscribers',
      'rfc6121:4.5.2/generated',
      'rfc6121:4.5.2/own-resources',
    ],
    deviate: endsOtherwise('not-well-formed', { told: false }),
  },
];
