import { bareJid } from '../party/contact.js';
import type { Party } from '../party/party.js';
import { Resource } from '../party/resource.js';
import { fillParties } from '../scenario/expand.js';
import type { SubscriptionState } from '../scenario/states.js';
import type { SubscriptionDecl } from '../scenario/types.js';
import type { Difference } from '../verdict/result.js';
import { child, type Element, element, elements, NS } from '../wire/element.js';
import { Blocked } from './fault.js';
import type { World } from './world.js';

/** What a user's server shows of a subscription. */
export interface FoundState {
  /** Whether the roster has an item for the contact. */
  readonly item: boolean;
  readonly subscription: string;
  readonly ask: boolean;
  /** A request of the contact waits for an answer; undefined where the target does not show whether it does. */
  readonly pendingIn: boolean | undefined;
}

/** A subscription state wanted, with the roster item where it may be missing. */
export interface WantedState {
  readonly state: SubscriptionState;
  /** `yes` or `no`; anything else: either. */
  readonly item: string;
}

/**
 * Brings a fresh account into a subscription state and reads it back, by a resource that is gone before the play.
 * @throws Blocked when the state read back is another one
 */
export async function reachState(world: World, decl: SubscriptionDecl, wanted: WantedState): Promise<void> {
  // A remote contact's name is new: nobody can know of it. Two accounts that were given may know each other.
  const isNew = world.contacts.has(decl.to);
  if (isNew && wanted.state.path.length === 0 && wanted.item === 'no') return;
  const setup = await world.connectExtra(decl.of, 'setup');
  const contact: Party = world.contacts.get(decl.to) ?? (await world.connectExtra(decl.to, 'setup'));
  const bare = bareJid(contact.jid);
  if (wanted.item === 'yes' || decl.name !== '' || decl.group !== '') {
    await setItem(world, setup, bare, decl.name, decl.group);
  }
  const jids = new Map([
    ['user', bareJid(setup.jid)],
    ['contact', bare],
  ]);
  for (const step of wanted.state.path) {
    const actor = step.from === 'user' ? setup : contact;
    const presence = fillParties(step.presence, jids);
    // A contact on the target is a client, whose server stamps its stanzas.
    const { from: _, ...unstamped } = presence.attrs;
    actor.send(actor instanceof Resource ? { ...presence, attrs: unstamped } : presence);
    await world.fence.passOnTheWay([actor]);
  }
  const demand = async (of: string, to: string, reader: Resource, ofWhom: string, state: WantedState) => {
    const differences = compareState(state, await showState(world, reader, ofWhom));
    if (differences.length === 0) return;
    throw new Blocked(
      `the state ${state.state.name} of ${of} towards ${to} was not reached: ${differences
        .map(({ path, expected, received }) => `${path} is ${received}, not ${expected}`)
        .join(', ')}`,
    );
  };
  await demand(decl.of, decl.to, setup, bare, wanted);
  if (contact instanceof Resource && world.homeOf(decl.to) !== world.homeOf(decl.of)) {
    await demand(decl.to, decl.of, contact, bareJid(setup.jid), mirrored(wanted));
  }
  const leaving = contact instanceof Resource ? [setup, contact] : [setup];
  for (const resource of leaving) resource.send(element('presence', NS.client, { type: 'unavailable' }));
  // A server may answer the end of a stream before it has dealt with what was sent on it.
  await world.fence.passOwn(leaving);
  for (const resource of leaving) await resource.leave('close');
  await world.fence.passOnTheWay([...world.contacts.values()]);
}

/**
 * Reads the state back at the end of a case, by a resource that logs in for it. On a target that doesn't redeliver
 * requests, it approves one: only a request that waits makes that change the subscription (RFC 3921 9.2; RFC 6121
 * A.2.3).
 */
export async function readState(world: World, of: string, to: string): Promise<FoundState> {
  const isAsked = world.transcript.sent(to, isRequest);
  const reader = await world.connectExtra(of, 'reader');
  const bare = bareJid(world.jids.get(to) ?? '');
  const shown = await showState(world, reader, bare);
  const isGranted = shown.subscription === 'from' || shown.subscription === 'both';
  const { requestSign } = world.homeOf(of);
  if (requestSign === 'hidden') return { ...shown, pendingIn: isAsked && !isGranted ? undefined : false };
  if (requestSign === 'redelivered' || shown.pendingIn || isGranted) return shown;
  reader.send(element('presence', NS.client, { to: bare, type: 'subscribed' }));
  await world.fence.pass([reader]);
  const after = itemOf(await world.roster(reader), bare)?.attrs.subscription;
  return { ...shown, pendingIn: after === 'from' || after === 'both' };
}

/** Where a state found departs from the one wanted; what the target does not show is no difference. Pure. */
export function compareState(wanted: WantedState, found: FoundState): Difference[] {
  const signs = wanted.state.recognised;
  const differences: Difference[] = [];
  const compare = (path: string, expected: string, received: string) => {
    if (expected !== received) differences.push({ path, expected, received });
  };
  compare('subscription', signs.subscription, found.subscription);
  compare('ask', askText(signs.ask), askText(found.ask));
  if (found.pendingIn !== undefined) {
    compare('request waiting', yesNo(signs.pendingIn), yesNo(found.pendingIn));
  }
  const item = wanted.state.itemOptional ? wanted.item : 'yes';
  if (item === 'yes' || item === 'no') compare('roster item', item, yesNo(found.item));
  return differences;
}

/** The state that the other end of a subscription is in. Pure. */
function mirrored({ state }: WantedState): WantedState {
  const { subscription, ask, pendingIn } = state.recognised;
  const inverse = subscription === 'to' ? 'from' : subscription === 'from' ? 'to' : subscription;
  return {
    state: {
      ...state,
      name: `opposite of ${state.name}`,
      itemOptional: true,
      recognised: { ...state.recognised, subscription: inverse, ask: pendingIn, pendingIn: ask },
    },
    item: 'any',
  };
}

/** The state found in words. */
export function describeState(found: FoundState): string {
  const item = found.item ? `subscription='${found.subscription}'` : 'no roster item';
  const request =
    found.pendingIn === undefined
      ? 'not shown whether a request waits'
      : `${found.pendingIn ? 'a' : 'no'} request waiting`;
  return `${item}${found.ask ? " ask='subscribe'" : ''}, ${request}`;
}

async function showState(world: World, reader: Resource, contact: string): Promise<FoundState> {
  const item = itemOf(await world.roster(reader), contact);
  const mark = reader.mailbox.mark();
  reader.sendInitialPresence();
  await world.fence.pass([reader]);
  const pendingIn = reader.mailbox
    .since(mark)
    .some(
      ({ element: { name, attrs } }) =>
        name === 'presence' && attrs.type === 'subscribe' && bareJid(attrs.from ?? '') === contact,
    );
  return {
    item: item !== undefined,
    subscription: item?.attrs.subscription ?? 'none',
    ask: item?.attrs.ask === 'subscribe',
    pendingIn: world.homeOf(reader.user).requestSign === 'hidden' ? undefined : pendingIn,
  };
}

/** The item of a roster result for this contact. */
export function itemOf(roster: Element, contact: string): Element | undefined {
  const query = child(roster, 'query', NS.roster);
  return query === undefined
    ? undefined
    : elements(query).find((item) => item.name === 'item' && item.attrs.jid === contact);
}

async function setItem(
  world: World,
  setup: Resource,
  jid: string,
  name: string,
  group: string,
): Promise<void> {
  const groups = group === '' ? [] : [element('group', NS.roster, {}, [group])];
  const item = element('item', NS.roster, { jid, name: name === '' ? undefined : name }, groups);
  setup.send(
    element('iq', NS.client, { type: 'set', id: 'setup-item' }, [element('query', NS.roster, {}, [item])]),
  );
  await world.fence.passOnTheWay([setup]);
}

function isRequest(xml: string): boolean {
  return /^<presence\b[^>]*\btype=(['"])subscribe\1/.test(xml);
}

function askText(ask: boolean): string {
  return ask ? 'subscribe' : 'absent';
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
