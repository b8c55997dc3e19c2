import { type Element, elements, NS } from '../wire/element.js';
import type { PlayableCase, SubscriptionDecl } from './types.js';

const BLOCKING_NS = 'urn:xmpp:blocking';

/** The children of a rule that stop markers, which are messages and IQs. */
const STOPPING = ['message', 'iq'] as const;

/** A rule of the play and whose markers it would stop, so that the fence could not be passed. */
export interface StoppedMarkers {
  readonly line: number;
  readonly text: string;
}

/**
 * Finds rules, in lists that the play puts in force and in blocks, that stop markers of a party which is not fenced by
 * the server alone; pure. Rules go by the roster as it is at the start.
 */
export function markersStopped(play: PlayableCase): StoppedMarkers[] {
  const sent = play.exchanges
    .flatMap(({ actions }) => actions)
    .flatMap((action) =>
      action.kind === 'send' && action.stanza !== undefined
        ? [{ ...action, payloads: elements(action.stanza), user: action.from.split('/')[0] ?? '' }]
        : [],
    );
  const inForce = new Set(
    sent
      .flatMap(({ payloads }) => payloads.flatMap(elements))
      .filter(({ name, ns }) => ns === NS.privacy && (name === 'active' || name === 'default'))
      .map(({ attrs }) => attrs.name),
  );
  return sent.flatMap(({ line, payloads, user }) => {
    const isApart = play.users.some(({ name, fence }) => name === user && fence === 'server');
    if (isApart) return [];
    const lists = payloads
      .flatMap(elements)
      .filter(({ name, ns, attrs }) => ns === NS.privacy && name === 'list' && inForce.has(attrs.name))
      .map(elements);
    const blocks = payloads.filter(({ name, ns }) => ns === BLOCKING_NS && name === 'block').map(elements);
    const stopped = (other: string) =>
      lists.some((rules) => STOPPING.some((kind) => isDenied(play, rules, user, other, kind))) ||
      blocks.some((items) => items.some(({ attrs }) => isNamed(play, attrs.jid ?? '', other)));
    return [...play.users, ...play.contacts]
      .filter(({ name, fence }) => name !== user && fence === 'everyone' && stopped(name))
      .map(({ name }) => ({
        line,
        text: `what is set here stops markers between ${user} and ${name}; say fence="server" of one of them`,
      }));
  });
}

/** What the first of the rules that concerns the party says (RFC 3921 10.2). */
function isDenied(
  play: PlayableCase,
  rules: readonly Element[],
  user: string,
  other: string,
  kind: (typeof STOPPING)[number],
): boolean {
  const decl = play.subscriptions.find(({ of, to }) => of === user && to === other);
  const decisive = [...rules]
    .sort((one, another) => Number(one.attrs.order) - Number(another.attrs.order))
    .filter((rule) => elements(rule).length === 0 || elements(rule).some(({ name }) => name === kind))
    .find(({ attrs: { type, value = '' } }) => {
      if (type === undefined) return true;
      if (type === 'group') return decl?.group === value;
      return type === 'subscription' ? subscriptionOf(decl) === value : isNamed(play, value, other);
    });
  return decisive?.attrs.action === 'deny';
}

/** The names of states begin with the subscription that they have (RFC 3921 9.1). */
function subscriptionOf(decl: SubscriptionDecl | undefined): string {
  return (decl?.state ?? 'None').split(' ')[0]?.toLowerCase() ?? '';
}

/** Whether markers of the party bear the address: contacts send them from the bare JID, users from the full one. */
function isNamed(play: PlayableCase, address: string, party: string): boolean {
  const isUser = play.users.some(({ name }) => name === party);
  if (address === `{${party}}`) return true;
  if (isUser) return address === '{domain}' || address.startsWith(`{${party}/`);
  return address === '{contacts}' || address === '{contacts-parent}';
}
