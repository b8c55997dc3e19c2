import { elements } from '../../wire/element.js';
import { push } from '../contacts.js';
import type { Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import type { Policy } from '../policy.js';
import { errorReply, stamp } from '../stanza.js';
import { alter, drop, is, rewriteEach, sessionOf } from './gate.js';
import { onQuery } from './roster-items.js';

/** Milliseconds by which what is added is pushed late. */
const LATE = 20;

function itemOf({ stanza }: Emission) {
  return elements(stanza).flatMap(elements)[0];
}

function isRemoval(emission: Emission): boolean {
  return itemOf(emission)?.attrs.subscription === 'remove';
}

/** The client has stated a version. */
function isVersioned({ stanza }: Occasion): boolean {
  return elements(stanza)[0]?.attrs.ver !== undefined;
}

/** Before the last push of an item to a resource that asks for changes go all pushes of it that there have been. */
function everyStep(policy: Policy): Partial<Policy> {
  const steps: Emission[] = [];
  return {
    emissions(emissions, occasion) {
      const sound = policy.emissions(emissions, occasion);
      if (occasion.trigger !== 'roster-get') {
        steps.push(...sound.filter(({ purpose }) => purpose === 'push'));
        return sound;
      }
      return sound.flatMap((emission) =>
        emission.purpose === 'push' ? [...earlier(steps, emission), emission] : emission,
      );
    },
  };
}

function earlier(steps: readonly Emission[], push: Emission): Emission[] {
  const session = sessionOf(push);
  return steps
    .filter((step) => sessionOf(step)?.account === session?.account)
    .filter((step) => itemOf(step)?.attrs.jid === itemOf(push)?.attrs.jid)
    .map((step) => ({ ...push, stanza: stamp(step.stanza, { to: session?.jid }) }));
}

/** Faults in the versions of a roster (RFC 6121 2.6). */
export const ROSTER_VERSIONING_FAULTS: readonly Fault[] = (
  [
    {
      id: 'roster-version/unannounced',
      title: 'roster versioning is supported, but not among the stream features',
      breaks: ['rfc6121:2.6.1/advertised'],
      deviate: () => ({ announcesVersioning: false }),
    },
    {
      id: 'roster-version/refused',
      title: 'a get that states a version is answered with an error',
      breaks: ['rfc6121:2.6.3/roster-or-empty-result'],
      deviate: alter(
        (emission, occasion) => emission.purpose === 'roster' && isVersioned(occasion),
        (_stanza, _emission, { stanza }) => errorReply(stanza, 'cancel', 'item-not-found'),
      ),
    },
    {
      id: 'roster-version/not-in-result',
      title: 'roster results carry no version',
      breaks: ['rfc6121:2.6.3/complete-roster-has-version', 'rfc6121:2.1.1/ver-included'],
      deviate: alter(is('roster'), onQuery({ ver: undefined })),
    },
    {
      id: 'roster-version/only-when-asked',
      title: 'roster results carry the version only for a client that states one',
      breaks: ['rfc6121:2.6.3/result-version-unasked', 'rfc6121:2.1.1/ver-included'],
      deviate: alter(
        (emission, occasion) => emission.purpose === 'roster' && !isVersioned(occasion),
        onQuery({ ver: undefined }),
      ),
    },
    {
      id: 'roster-version/not-in-push',
      title: 'roster pushes carry no version',
      breaks: ['rfc6121:2.6.3/push-has-version', 'rfc6121:2.6.3/push-version-unasked'],
      deviate: alter(is('push'), onQuery({ ver: undefined })),
    },
    {
      id: 'roster-version/always-the-same',
      title: 'every push carries the same version',
      breaks: ['rfc6121:2.6.3/version-unique'],
      deviate: alter(is('push'), onQuery({ ver: 'ver1' })),
    },
    {
      id: 'roster-version/pushes-out-of-order',
      title: 'the push of an item that is set comes after that of an item that is removed later',
      breaks: ['rfc6121:2.6.3/pushes-in-order'],
      deviate: rewriteEach((emission, { trigger }) =>
        emission.purpose === 'push' && trigger === 'roster-set' ? { ...emission, late: LATE } : emission,
      ),
    },
    {
      id: 'roster-version/always-complete',
      title: 'every get is answered with the complete roster',
      breaks: ['rfc6121:2.6.3/unchanged-empty-result'],
      deviate: () => ({ givesChanges: () => false }),
    },
    {
      id: 'roster-version/unchanged-pushed',
      title: 'an empty result is followed by a push of every item',
      breaks: ['rfc6121:2.6.3/no-push-when-unchanged'],
      deviate: (policy, accounts) => ({
        emissions(emissions, occasion) {
          const { account, session, trigger } = occasion;
          const sound = policy.emissions(emissions, occasion);
          const isEmpty = sound.some(
            ({ purpose, stanza }) => purpose === 'roster' && stanza.children.length === 0,
          );
          if (trigger !== 'roster-get' || !isEmpty || account === undefined || session === undefined)
            return sound;
          const world = { domain: accounts.domain, policy, accounts };
          const { version } = account.rosterHistory;
          return [
            ...sound,
            ...[...account.roster.values()].map((item) => push(world, session, item.jid, item, version)),
          ];
        },
      }),
    },
    {
      id: 'roster-version/changes-not-pushed',
      title: 'an empty result is followed by no push of what has changed',
      breaks: ['rfc6121:2.6.3/interim-push'],
      deviate: drop(
        (emission, occasion) => is('push', 'roster-get')(emission, occasion) && !isRemoval(emission),
      ),
    },
    {
      id: 'roster-version/removals-not-pushed',
      title: 'an empty result is followed by no push of what was removed',
      breaks: ['rfc6121:2.6.3/interim-push-of-removal'],
      deviate: drop(
        (emission, occasion) => is('push', 'roster-get')(emission, occasion) && isRemoval(emission),
      ),
    },
    {
      id: 'roster-version/every-step-pushed',
      title: 'an empty result is followed by a push of all that an item has been',
      breaks: ['rfc6121:2.6.3/interim-push-once'],
      deviate: everyStep,
    },
  ] satisfies Omit<Fault, 'specs'>[]
).map((fault) => ({ ...fault, specs: ['rfc6121'] }));
