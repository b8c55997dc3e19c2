import type { Fault } from '../deviations.js';
import type { Emission } from '../emission.js';
import { bareText, parseJid } from '../jid.js';
import { presence } from '../stanza.js';
import { isLetter } from './federate.js';
import { remembering } from './gate.js';

/** Faults in what the server remembers of other servers and of the users there. */
export const FEDERATION_MEMORY_FAULTS: readonly Fault[] = [
  {
    id: 'federation/second-domain-waits',
    title: 'what a user sends elsewhere waits from the first message to another domain on',
    breaks: ['rfc3921:11.2/foreign/message', 'rfc3921:11.2/local/message', 'rfc6120:10.4/routed'],
    deviate: remembering(
      () => new Map<string, string>(),
      (emissions, { trigger, session, stanza }, domains) => {
        if (session === undefined || trigger !== 'out:message' || !isLetter(stanza)) return emissions;
        const domain = parseJid(stanza.attrs.to ?? '')?.domain ?? '';
        const first = domains.get(session.jid);
        if (first !== undefined) return domain === first ? emissions : [];
        if (domain !== session.account.domain) domains.set(session.jid, domain);
        return emissions;
      },
    ),
  },
  {
    id: 'federation/forgotten-still-probed',
    title: 'a contact that has cancelled the subscription is probed at the next log-in all the same',
    breaks: [
      'rfc3921:9.3/unsubscribed/to/state',
      'rfc3921:9.3/unsubscribed-state-changed',
      'rfc6121:A.3.4/to/state',
      'rfc6121:A.3.4/unsubscribed-state-changed',
    ],
    deviate: remembering(
      () => new Set<string>(),
      (emissions, { trigger, account, contact, session }, cancelled) => {
        if (account === undefined) return emissions;
        if (trigger === 'in:unsubscribed') cancelled.add(`${account.bare} ${contact}`);
        if (trigger !== 'initial-presence' || session === undefined) return emissions;
        const probes = [...account.roster.keys()]
          .filter((jid) => cancelled.has(`${account.bare} ${jid}`))
          .map((to): Emission => {
            const stanza = presence({ from: session.jid, to, type: 'probe' });
            return { purpose: 'probe', to: 'route', stanza };
          });
        return [...emissions, ...probes];
      },
    ),
  },
  {
    id: 'federation/error-ends-probes',
    title: 'a contact whose server has answered a probe with an error is not probed any more',
    breaks: ['rfc3921:5.1.1/probes-sent'],
    specs: ['rfc3921'],
    deviate: remembering(
      () => new Set<string>(),
      (emissions, { trigger, account, stanza }, failed) => {
        if (account === undefined) return emissions;
        const key = (jid: string | undefined) => `${account.bare} ${bareText(jid ?? '')}`;
        if (trigger === 'in:presence-error') failed.add(key(stanza.attrs.from));
        return emissions.filter(
          ({ purpose, stanza: { attrs } }) => purpose !== 'probe' || !failed.has(key(attrs.to)),
        );
      },
    ),
  },
];
