import { child, type Element, NS } from '../../wire/element.js';
import type { Deviate, Fault } from '../deviations.js';
import type { EarlyFate, Ending } from '../policy.js';

/** Streams that end for an error of this condition, or of any, end in another way. */
export function endsOtherwise(condition: string | undefined, otherwise: Partial<Ending>): Deviate {
  return (policy) => ({
    ending: (asked) => {
      const ending = policy.ending(asked);
      if (ending === undefined || (condition !== undefined && asked !== condition)) return ending;
      return { ...ending, ...otherwise };
    },
  });
}

function early(
  stage: 'unauthenticated' | 'unbound',
  fate: EarlyFate,
  isMeant: (received: Element) => boolean = () => true,
): Deviate {
  return (policy) => ({
    earlyFate: (at, received) => (at === stage && isMeant(received) ? fate : policy.earlyFate(at, received)),
  });
}

const asksForSession = (received: Element) => child(received, 'session', NS.session) !== undefined;

/** Faults on the way to a session, and in what becomes of a second resource of the same name. */
export const SESSION_FAULTS: readonly Fault[] = [
  {
    id: 'session/not-offered',
    title: 'sessions are established, but not offered',
    breaks: ['rfc3921:3/feature-advertised'],
    specs: ['rfc3921'],
    deviate: () => ({ offersSessions: 'no' }),
  },
  {
    id: 'session/before-authentication',
    title: 'a session is established before authentication',
    breaks: ['rfc3921:3/no-session-before-authentication'],
    specs: ['rfc3921'],
    deviate: early('unauthenticated', 'processed', asksForSession),
  },
  {
    id: 'session/before-binding',
    title: 'a session is established before a resource is bound',
    breaks: ['rfc3921:3/no-session-before-binding'],
    specs: ['rfc3921'],
    deviate: early('unbound', 'processed', asksForSession),
  },
  {
    id: 'session/both-kept',
    title: 'two resources of the same name are both kept',
    breaks: ['rfc3921:3/one-active-resource', 'rfc6120:7.7.2.2/conflict-resolved'],
    deviate: () => ({ sameResource: 'both-kept' }),
  },
  {
    id: 'session/new-one-refused',
    title: 'the session of a second resource of the same name is refused',
    breaks: ['rfc3921:3/old-resource-ended'],
    specs: ['rfc3921'],
    deviate: () => ({ sameResource: 'session-refused' }),
  },
  {
    id: 'session/refused-without-conflict',
    title: 'such a session is refused with an error other than conflict',
    breaks: ['rfc3921:3/refused/conflict-error'],
    specs: ['rfc3921'],
    deviate: () => ({
      sameResource: 'session-refused',
      sessionRefusal: { condition: 'not-allowed', endsStream: false },
    }),
  },
  {
    id: 'session/refused-and-ended',
    title: 'such a session is refused, and its stream ended',
    breaks: ['rfc3921:3/refused/stream-kept'],
    specs: ['rfc3921'],
    deviate: () => ({
      sameResource: 'session-refused',
      sessionRefusal: { condition: 'conflict', endsStream: true },
    }),
  },
  {
    id: 'session/ended-without-conflict',
    title: 'the old resource of the same name is ended without an error',
    breaks: ['rfc3921:3/ended/conflict-error'],
    specs: ['rfc3921'],
    deviate: endsOtherwise('conflict', { condition: undefined }),
  },
  {
    id: 'session/ended-not-closed',
    title: 'the old resource of the same name is told, but its connection stays',
    breaks: ['rfc3921:3/ended/closed'],
    specs: ['rfc3921'],
    deviate: endsOtherwise('conflict', { connection: false }),
  },
  {
    id: 'session/ended-for-nothing',
    title: 'no session is established, although the old resource of the same name is ended for it',
    breaks: ['rfc3921:3/ended/new-session-result'],
    specs: ['rfc3921'],
    // Offered as optional, so that other log-ins do without.
    deviate: () => ({ givesSessions: false, offersSessions: 'optional' }),
  },
  {
    id: 'session/unauthenticated-stanza-processed',
    title: 'stanzas are passed on before authentication',
    breaks: [
      'rfc3920:4.3/unauthenticated-stanza-refused',
      'rfc3920:4.7.3/not-authorized-unprocessed',
      'rfc6120:4.3.5/early-stanza-refused',
      'rfc6120:4.9.3.12/unprocessed',
    ],
    deviate: early('unauthenticated', 'processed', (received) => !asksForSession(received)),
  },
  {
    id: 'session/unauthenticated-stanza-error',
    title: 'a stanza before authentication gets a stanza error, and the stream goes on',
    breaks: [
      'rfc3920:4.3/unauthenticated-stanza-error',
      'rfc3920:4.3/unauthenticated-stanza-closes',
      'rfc6120:4.3.5/early-stanza-closes',
    ],
    deviate: early('unauthenticated', 'stanza-error'),
  },
  {
    id: 'session/unbound-stanza-processed',
    title: 'stanzas are passed on before a resource is bound',
    breaks: [
      'rfc3920:7/unbound-stanza-unprocessed',
      'rfc6120:4.3.5/early-stanza-refused',
      'rfc6120:7.1/unbound-stanza-unprocessed',
    ],
    deviate: early('unbound', 'processed', (received) => !asksForSession(received)),
  },
  {
    id: 'session/unbound-stanza-ignored',
    title: 'a stanza before a resource is bound is ignored',
    breaks: ['rfc3920:7/unbound-stanza-error'],
    specs: ['rfc3921'],
    deviate: early('unbound', 'ignored'),
  },
  {
    id: 'session/unbound-stanza-refused',
    title: 'a stanza before a resource is bound gets a stanza error, and the stream goes on',
    breaks: ['rfc6120:7.1/unbound-stanza-closes', 'rfc6120:4.3.5/early-stanza-closes'],
    specs: ['rfc6121'],
    deviate: early('unbound', 'stanza-error'),
  },
  {
    id: 'session/binding-offered-early',
    title: 'resource binding is offered before authentication',
    breaks: ['rfc3920:7/not-offered-before', 'rfc6120:7.4/not-offered-before'],
    deviate: () => ({ offersBindingEarly: true }),
  },
  {
    id: 'session/resource-overridden',
    title: 'a client never gets the resource that it asks for',
    breaks: ['rfc3920:7/resource-accepted', 'rfc6120:7.7.1/resource-accepted'],
    deviate: (policy) => ({
      boundResource: (wanted) => (wanted === '' ? policy.boundResource(wanted) : `${wanted}-1`),
    }),
  },
  {
    id: 'session/no-resource-made',
    title: 'a client that names no resource gets none',
    breaks: [
      'rfc3920:7/resource-generated',
      'rfc3920:7/result-with-jid',
      'rfc6120:7.6/resource-generated',
      'rfc6120:7.6.1/result-with-jid',
    ],
    deviate: (policy) => ({
      boundResource: (wanted) => (wanted === '' ? undefined : policy.boundResource(wanted)),
    }),
  },
  {
    id: 'session/same-resource-made',
    title: 'every client that names no resource gets the same one',
    breaks: ['rfc3920:7/generated-unique', 'rfc6120:7.1/several-resources'],
    deviate: (policy) => ({
      boundResource: (wanted) => (wanted === '' ? 'generated' : policy.boundResource(wanted)),
    }),
  },
];
