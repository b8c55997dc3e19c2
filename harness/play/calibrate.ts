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
  const world = await World.create(CALIBRATION, stage);
  try {
    const join = async (name: string) => {
      const resource = await world.connect('romeo', name);
      await world.roster(resource);
      resource.sendInitialPresence();
      return resource;
    };
    const first = await join('orchard');
    const juliet = world.party('juliet');
    juliet.send(
      element('presence', NS.client, { from: juliet.jid, to: world.jids.get('romeo'), type: 'subscribe' }),
    );
    await world.fence.pass([juliet]);
    const second = await join('garden');
    await world.fence.pass([second]);
    const asked = (resource: typeof first) =>
      resource.mailbox.stanzas.some(({ element }) => element.attrs.type === 'subscribe');
    if (asked(first) && asked(second)) return 'redelivered';
    const stranger = world.party('nurse').jid;
    first.send(element('presence', NS.client, { to: stranger, type: 'subscribed' }));
    await world.fence.pass([first]);
    const granted = itemOf(await world.roster(first), stranger)?.attrs.subscription === 'from';
    return granted ? 'hidden' : 'approvable';
  } finally {
    world.dismiss();
  }
}

const CALIBRATION: PlayableCase = {
  scenario: {
    id: 'preflight/calibration',
    title: 'How a waiting request shows',
    about: '',
    file: 'harness/play/calibrate.ts',
    needs: ['contacts'],
    rows: [],
    users: [],
    contacts: [],
    subscriptions: [],
    steps: [],
  },
  name: 'only',
  users: [{ name: 'romeo', fence: 'everyone', resources: [], line: 0 }],
  contacts: [
    { name: 'juliet', placement: 'remote', fence: 'everyone', line: 0 },
    { name: 'nurse', placement: 'remote', fence: 'everyone', line: 0 },
  ],
  subscriptions: [],
  exchanges: [],
  states: [],
};
