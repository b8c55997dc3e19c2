import { randomBytes } from 'node:crypto';
import { type Element, element, elements, NS } from '../wire/element.js';
import type { Account } from './accounts.js';
import { blockedJids, denial, listBlocking } from './blocklist.js';
import { subscribed } from './contacts.js';
import { type Batch, type Emission, occasionOf } from './emission.js';
import { bareJid, fullJid, parseJid } from './jid.js';
import { judgeByList } from './privacy.js';
import { isBlocked } from './privacy-gate.js';
import type { Session } from './session.js';
import { errorReply, presence, resultReply, stamp } from './stanza.js';
import type { World } from './world.js';

/** What a user may ask for. */
type Command = 'blocklist' | 'block' | 'unblock' | 'unblock-all';

/** The default list that is made where the user has none; one of that name which is not the default is left alone. */
const LIST_NAME = 'blocklist';

/** Handles a blocking command of the user's own (XEP-0191 section 3). */
export function blockingQuery(world: World, session: Session, iq: Element, payload: Element): Batch {
  const { account } = session;
  const command = commandOf(iq, payload);
  const occasion = occasionOf(command === 'blocklist' ? 'blocking-get' : 'blocking-set', iq, {
    account,
    session,
  });
  const answered = (stanza: Element): Batch => ({
    occasion,
    emissions: [{ purpose: 'reply', to: session, stanza }],
  });
  if (command === undefined) return answered(errorReply(iq, 'modify', 'bad-request'));
  if (command === 'blocklist') {
    session.wantsBlocklist = true;
    const items = blockedJids(account.privacy.inForce(undefined)).map(itemElement);
    return answered(resultReply(iq, element('blocklist', NS.blocking, {}, items)));
  }
  const jids = elements(payload).map(({ attrs }) => parseJid(attrs.jid ?? ''));
  const known = jids.flatMap((jid) => (jid === undefined ? [] : [fullJid(jid)]));
  if (known.length < jids.length) return answered(errorReply(iq, 'modify', 'jid-malformed'));
  const changed = carryOut(world, account, command, known);
  return {
    occasion,
    emissions: [
      { purpose: 'reply', to: session, stanza: resultReply(iq) },
      ...pushes(account, payload.name, known),
      ...changed,
    ],
  };
}

/** Undefined where it is none: a block without items, or what the XEP does not know. */
function commandOf({ attrs: { type } }: Element, payload: Element): Command | undefined {
  const items = elements(payload);
  if (items.some(({ name, ns }) => name !== 'item' || ns !== NS.blocking)) return undefined;
  if (payload.name === 'blocklist' && type === 'get') return 'blocklist';
  if (type !== 'set') return undefined;
  if (payload.name === 'unblock') return items.length === 0 ? 'unblock-all' : 'unblock';
  return payload.name === 'block' && items.length > 0 ? 'block' : undefined;
}

/** Changes the blocklist; what of the user's presence is to be sent then. */
function carryOut(
  world: World,
  account: Account,
  command: Command,
  jids: readonly string[],
): readonly Emission[] {
  const previous = blockedJids(account.privacy.inForce(undefined));
  const next = {
    block: [...new Set([...previous, ...jids])],
    unblock: previous.filter((jid) => !jids.includes(jid)),
    'unblock-all': [],
    blocklist: previous,
  }[command];
  const concerned = command === 'unblock-all' ? previous : jids;
  const before = outlook(world, account, concerned);
  store(account, world.policy.blocklist(next, previous));
  const after = outlook(world, account, concerned);
  return [
    ...lacking(before, after).map(({ session, to }): Emission => {
      const stanza = presence({ from: session.jid, to, type: 'unavailable' });
      return { purpose: 'severed-presence', to: 'route', stanza };
    }),
    ...lacking(after, before).map(({ session, to }): Emission => {
      return {
        purpose: 'shared-presence',
        to: 'route',
        stanza: stamp(session.presence ?? presence({}), { from: session.jid, to }),
      };
    }),
  ];
}

/** The default privacy list holds the blocklist (XEP-0191 section 5): both protocols share one store. */
function store({ privacy, sessions }: Account, jids: readonly string[]): void {
  const name = privacy.defaultName ?? freeName(privacy.lists);
  const rules = listBlocking(privacy.lists.get(name) ?? [], jids);
  privacy.blocklist = rules.length > 0 ? rules : undefined;
  if (rules.length > 0) {
    privacy.lists.set(name, rules);
    privacy.defaultName = name;
    return;
  }
  privacy.lists.delete(name);
  privacy.defaultName = undefined;
  for (const session of sessions.values()) if (session.activeList === name) session.activeList = undefined;
}

function freeName(taken: ReadonlyMap<string, unknown>): string {
  let name = LIST_NAME;
  while (taken.has(name)) name += '-';
  return name;
}

/** An available resource, and an address that its presence reaches. */
interface View {
  readonly session: Session;
  readonly to: string;
}

/** Which of the addresses, or of the subscribers whom they stand for, may see which resource. */
function outlook(world: World, account: Account, jids: readonly string[]): View[] {
  const addresses = new Set(jids.flatMap((jid) => audience(world, account, jid)));
  const views = account.available().flatMap((session) => [...addresses].map((to): View => ({ session, to })));
  return views.filter(({ session, to }) => {
    const stanza = presence({ from: session.jid, to });
    return !isBlocked(world, {
      direction: 'out',
      kind: 'presence-out',
      stanza,
      account,
      session,
      purpose: undefined,
    });
  });
}

/** Who gets presence because an address is blocked or unblocked: it itself, or the subscribers among those it covers. */
function audience(world: World, account: Account, text: string): string[] {
  const jid = parseJid(text);
  if (jid === undefined) return [];
  const subscribers = subscribed(account, 'from');
  if (jid.resource !== '') return subscribers.includes(bareJid(jid)) ? [text] : [];
  return subscribers.filter((subscriber) => {
    const counterpart = parseJid(subscriber);
    return (
      counterpart !== undefined &&
      judgeByList(
        denial(text),
        { jid: counterpart, groups: [], subscription: 'none' },
        'presence-out',
        world.policy.domainReach,
      ) === 'deny'
    );
  });
}

function lacking(views: readonly View[], others: readonly View[]): View[] {
  return views.filter(
    ({ session, to }) => !others.some((other) => other.session === session && other.to === to),
  );
}

/** Every resource that has requested the blocklist is told what has been blocked or unblocked (XEP-0191 3.3 to 3.5). */
function pushes(account: Account, command: string, jids: readonly string[]): Emission[] {
  return [...account.sessions.values()]
    .filter(({ wantsBlocklist }) => wantsBlocklist)
    .map((to) => ({
      purpose: 'blocking-push',
      to,
      stanza: element(
        'iq',
        NS.client,
        { to: to.jid, type: 'set', id: `blocking-${randomBytes(6).toString('hex')}` },
        [element(command, NS.blocking, {}, jids.map(itemElement))],
      ),
    }));
}

function itemElement(jid: string): Element {
  return element('item', NS.blocking, { jid });
}
