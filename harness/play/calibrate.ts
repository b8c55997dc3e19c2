import type { Party } from '../party/party.js';
import { Resource } from '../party/resource.js';
import type { PlayableCase } from '../scenario/types.js';
import { element, NS } from '../wire/element.js';
import { itemOf } from './subscription.js';
import { type RequestSign, type Stage, World } from './world.js';

/**
 * Finds out how a waiting request shows on this target: whether one that has reached a resource already is delivered
 * to the next one too, as RFC 3921 5.1.6 and RFC 6121 3.1.3 demand. Where it is not, reading a state back has to
 * approve instead, which shows something only where approving what nobody asked for changes nothing (RFC 3921 9.2).
 * That the target breaks these clauses is for the scenarios to say.
 * @throws HarnessFault or TargetError
 */
export async function findRequestSign(stage: Stage): Promise<RequestSign> {
  const world = await World.create(stage.peer === undefined ? WITH_CONTACTS : WITH_PEER, stage);
  try {
    const join = async (name: string) => {
      const resource = await world.connect('romeo', name);
      await world.roster(resource);
      resource.sendInitialPresence();
      return resource;
    };
    const first = await join('orchard');
    const juliet: Party = world.contacts.get('juliet') ?? (await world.connectExtra('juliet', 'setup'));
    const from = juliet instanceof Resource ? undefined : juliet.jid;
    juliet.send(element('presence', NS.client, { from, to: world.jids.get('romeo'), type: 'subscribe' }));
    await world.fence.pass([juliet]);
    const second = await join('garden');
    await world.fence.pass([second]);
    const asked = (resource: typeof first) =>
      resource.mailbox.stanzas.some(({ element }) => element.attrs.type === 'subscribe');
    if (asked(first) && asked(second)) return 'redelivered';
    const stranger = world.jids.get('nurse') ?? '';
    first.send(element('presence', NS.client, { to: stranger, type: 'subscribed' }));
    await world.fence.pass([first]);
    const granted = itemOf(await world.roster(first), stranger)?.attrs.subscription === 'from';
    return granted ? 'hidden' : 'approvable';
  } finally {
    world.dismiss();
  }
}

const WITH_CONTACTS: PlayableCase = {
  scenario: {
    id: 'preflight/calibration',
    title: 'How a waiting request shows',
    about: '',
    file: 'harness/play/calibrate.ts',
    needs: ['contacts'],
    rows: [],
    users: [],
    domains: [],
    contacts: [],
    subscriptions: [],
    steps: [],
  },
  name: 'only',
  users: [{ name: 'romeo', server: 'target', fence: 'everyone', resources: [], line: 0 }],
  domains: [],
  contacts: [
    { name: 'juliet', placement: 'remote', fence: 'everyone', line: 0 },
    { name: 'nurse', placement: 'remote', fence: 'everyone', line: 0 },
  ],
  subscriptions: [],
  exchanges: [],
  states: [],
};

/** The same where the contacts are users of the other server. */
const WITH_PEER: PlayableCase = {
  ...WITH_CONTACTS,
  scenario: { ...WITH_CONTACTS.scenario, needs: [] },
  users: [
    ...WITH_CONTACTS.users,
    ...WITH_CONTACTS.contacts.map(({ name }) => ({
      name,
      server: 'peer' as const,
      fence: 'everyone' as const,
      resources: [],
      line: 0,
    })),
  ],
  contacts: [],
};
