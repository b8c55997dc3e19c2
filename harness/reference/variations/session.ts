import { elements } from '../../wire/element.js';
import type { Variation } from '../deviations.js';
import { alter, is } from '../faults/gate.js';

/** Stream errors in whose place bad-format may stand. */
const OF_XML: readonly string[] = ['not-well-formed', 'restricted-xml', 'unsupported-encoding'];

/** What the RFCs leave open about sessions, about streams that end, and about errors. */
export const SESSION_VARIATIONS: readonly Variation[] = [
  {
    id: 'sessions-optional',
    title: 'sessions are offered as something to take or leave',
    specs: ['rfc3921'],
    deviate: () => ({ offersSessions: 'optional' }),
  },
  {
    id: 'sessions-required',
    title: 'sessions are offered as something to take',
    specs: ['rfc6121'],
    deviate: () => ({ offersSessions: 'required' }),
  },
  {
    id: 'no-sessions',
    title: 'there are no sessions',
    deviate: () => ({ offersSessions: 'no', givesSessions: false }),
  },
  {
    id: 'second-binding-refused',
    title: 'the resource of another stream is refused',
    deviate: () => ({ sameResource: 'binding-refused' }),
  },
  {
    id: 'second-resource-renamed',
    title: 'who asks for the resource of another stream gets another',
    deviate: () => ({ sameResource: 'other-resource' }),
  },
  {
    id: 'restricted-xml-left-out',
    title: 'comments and processing instructions are left out (RFC 3920 11.1)',
    specs: ['rfc3921'],
    deviate: () => ({ leavesOutRestricted: true }),
  },
  {
    id: 'bad-format',
    title:
      'the stream error bad-format stands for all that has to do with XML (RFC 3920 4.7.3, RFC 6120 4.9.3.1)',
    deviate: (policy) => ({
      ending: (condition) => policy.ending(OF_XML.includes(condition) ? 'bad-format' : condition),
    }),
  },
  {
    id: 'foreign-namespace-unsupported',
    title: 'a stanza of another content namespace is an unsupported one (RFC 6120 4.9.3.24)',
    deviate: () => ({ strangeFate: () => 'unsupported-stanza-type' }),
  },
  {
    id: 'size-limit',
    title: 'stanzas of more than 100000 characters are refused',
    specs: ['rfc6121'],
    deviate: () => ({ takesSize: (length) => length <= 100_000 }),
  },
  {
    id: 'foreign-sender-replaced',
    title: 'the sender that a client states is replaced by its own address',
    specs: ['rfc6121'],
    deviate: () => ({ foreignFrom: 'replaced' }),
  },
  {
    id: 'errors-alone',
    title: 'errors hold nothing of what they answer (RFC 6120 8.3.1)',
    specs: ['rfc6121'],
    deviate: alter(is('reply'), (stanza) =>
      stanza.attrs.type === 'error'
        ? { ...stanza, children: elements(stanza).filter(({ name }) => name === 'error') }
        : stanza,
    ),
  },
];
