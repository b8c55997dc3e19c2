import type { Fault } from '../deviations.js';
import type { Occasion } from '../emission.js';
import { bareText } from '../jid.js';
import { errorReply, stamp } from '../stanza.js';
import { alter, drop, is, rewriteAll } from './gate.js';

const isByClient = ({ trigger, stanza }: Occasion): boolean =>
  trigger === 'forward' && stanza.attrs.type === 'probe';

/** Faults in the probes that the server sends for its users. */
const SENDING: readonly Fault[] = [
  {
    id: 'probe/none-sent',
    title: 'nobody is probed when a user becomes available',
    breaks: ['rfc3921:5.1.1/probes-sent', 'rfc6121:4.2.2/probe', 'rfc6121:4.3.1/probe'],
    deviate: drop(is('probe')),
  },
  {
    id: 'probe/mutual-not-probed',
    title: 'contacts of a mutual subscription are not probed',
    breaks: ['rfc3921:5.1.1/probes-sent', 'rfc6121:4.2.2/probe', 'rfc6121:4.3.1/probe'],
    deviate: drop(
      (emission, occasion) =>
        is('probe')(emission, occasion) &&
        occasion.account?.roster.get(emission.stanza.attrs.to ?? '')?.subscription === 'both',
    ),
  },
  {
    id: 'probe/sent-from-bare',
    title: 'probes come from the bare JID',
    breaks: ['rfc3921:5.1.1/probe-from-full-jid'],
    specs: ['rfc3921'],
    deviate: alter(is('probe'), (probe) => stamp(probe, { from: bareText(probe.attrs.from ?? '') })),
  },
  {
    id: 'probe/sent-from-full',
    title: 'probes come from the full JID',
    breaks: ['rfc6121:4.3/from-bare'],
    specs: ['rfc6121'],
    deviate: alter(is('probe'), (probe, _emission, { session }) => stamp(probe, { from: session?.jid })),
  },
  {
    id: 'probe/sent-to-full',
    title: 'probes go to a full JID of the contact',
    breaks: ['rfc6121:4.3/to-bare'],
    specs: ['rfc6121'],
    deviate: alter(is('probe'), (probe) => stamp(probe, { to: `${probe.attrs.to}/balcony` })),
  },
];

/** Faults in what becomes of a probe that a client sends. */
const BY_CLIENTS: readonly Fault[] = [
  {
    id: 'probe/by-client-dropped',
    title: 'a probe that a client sends is dropped',
    breaks: ['rfc6121:4.3/client-probe-routed', 'rfc6121:4.3/client-probe-answered'],
    specs: ['rfc6121'],
    deviate: drop((emission, occasion) => isByClient(occasion) && is('forwarded')(emission, occasion)),
  },
  {
    id: 'probe/by-client-refused',
    title: 'a client that sends a probe gets an error',
    breaks: ['rfc6121:4.3/client-probe-no-stanza-error'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      const { session, stanza } = occasion;
      if (session === undefined || !isByClient(occasion)) return emissions;
      return [
        ...emissions,
        { purpose: 'reply', to: session, stanza: errorReply(stanza, 'cancel', 'not-allowed') },
      ];
    }),
  },
  {
    id: 'probe/by-client-ends-stream',
    title: 'the stream of a client that sends a probe is closed',
    breaks: ['rfc6121:4.3/client-probe-no-stream-error'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      if (isByClient(occasion)) occasion.session?.outlet.fail('policy-violation');
      return emissions;
    }),
  },
  {
    id: 'probe/unroutable-without-id',
    title: 'the error that answers a probe to a domain out of reach lacks the id of the probe',
    breaks: ['rfc6121:4.3.2.1/probe-id/error'],
    specs: ['rfc6121'],
    deviate: alter(
      (emission, occasion) =>
        is('reply', 'undeliverable')(emission, occasion) && occasion.stanza.attrs.type === 'probe',
      (error) => stamp(error, { id: undefined }),
    ),
  },
];

/** Faults in the presence probes that leave the server (RFC 3921 5.1.1; RFC 6121 4.3). */
export const PROBE_FAULTS: readonly Fault[] = [...SENDING, ...BY_CLIENTS];
