import { type Element, element, elements, NS, serialize } from '../wire/element.js';
import { type Account, Accounts } from './accounts.js';
import { currentState } from './contacts.js';
import { policyOf } from './deviations.js';
import { FAULTS } from './faults/index.js';
import type { Mode, Policy } from './policy.js';
import { newItem } from './roster.js';
import { Router } from './router.js';
import { Session } from './session.js';
import { presence, stamp } from './stanza.js';
import { type Direction, facetsOf, type State, type SubscriptionType } from './subscriptions.js';
import { VARIATIONS } from './variations/index.js';

/** One stanza that left the server. */
export interface Sent {
  /** Resource, or domain of the component. */
  readonly at: string;
  readonly stanza: Element;
}

const DOMAIN = 'montague.test';
const REMOTE = 'capulet.test';

/** The server without its sockets, for tests: stanzas in, stanzas out, states set by hand. */
export class Sandbox {
  readonly accounts = new Accounts(DOMAIN);
  readonly router: Router;
  /** All that has left, in order. */
  readonly sent: Sent[] = [];

  constructor(
    mode: Mode,
    deviations: readonly string[] = [],
    wrap: (policy: Policy, accounts: Accounts) => Policy = (policy) => policy,
  ) {
    const policy = policyOf(mode, deviations, [...FAULTS, ...VARIATIONS], this.accounts);
    this.router = new Router({
      domain: DOMAIN,
      policy: wrap(policy, this.accounts),
      accounts: this.accounts,
    });
    this.router.connectComponent(REMOTE, this.#outlet(REMOTE));
  }

  /** The account of that name, made when it is not there. */
  user(local: string): Account {
    const account = this.accounts.find(local) ?? this.accounts.create(local, 'secret');
    if (account === undefined) throw new Error(`No account can be made for ${local}.`);
    return account;
  }

  /** Connects a resource. */
  connect(account: Account, resource: string, kind: { interested: boolean; available: boolean }): Session {
    const session = new Session(account, resource, this.#outlet(`${account.local}/${resource}`));
    this.router.connect(session);
    if (kind.interested) this.roster(session);
    if (kind.available) this.from(session, presence({}, [element('status', NS.client, {}, [resource])]));
    return session;
  }

  /** Requests the roster. */
  roster(session: Session): void {
    this.from(session, iq('get', element('query', NS.roster)));
  }

  /** Sets or removes a roster item. */
  set(
    session: Session,
    attrs: Readonly<Record<string, string>>,
    groups: readonly string[] = [],
    stanzaAttrs: Readonly<Record<string, string>> = {},
  ): void {
    const children = groups.map((group) => element('group', NS.roster, {}, [group]));
    const item = element('item', NS.roster, attrs, children);
    const set = iq('set', element('query', NS.roster, {}, [item]));
    this.from(session, stamp(set, stanzaAttrs));
  }

  /** Sends a stanza as the resource. */
  from(session: Session, stanza: Element): void {
    this.router.fromSession(session, stanza);
  }

  /** Sends a subscription stanza as the user, or as the contact to the user. */
  subscription(session: Session, direction: Direction, type: SubscriptionType, contact: string): void {
    if (direction === 'out') this.from(session, presence({ to: `${contact}/balcony`, type, id: 'i' }));
    else this.inbound(session.account, type, contact);
  }

  /** Sends presence with a status and an extension as the contact to the user. */
  inbound(account: Account, type: string | undefined, contact: string): void {
    const children = [element('status', NS.client, {}, ['Hist!']), element('x', 'urn:example:x')];
    this.router.route(presence({ from: contact, to: account.bare, type }, children));
  }

  /** Puts user and contact into a state; `listed` makes a roster item even where the state needs none. */
  put(account: Account, contact: string, state: State, listed = true): void {
    const { to, from, asked, pending } = facetsOf(state);
    const subscription = to ? (from ? 'both' : 'to') : from ? 'from' : 'none';
    account.roster.delete(contact);
    account.requests.delete(contact);
    if (listed || subscription !== 'none' || asked) {
      const item = { ...newItem(contact), name: 'Name', groups: ['Group'] };
      account.roster.set(contact, { ...item, subscription, ask: asked });
    }
    if (pending) {
      account.requests.set(contact, presence({ from: contact, to: account.bare, type: 'subscribe' }));
    }
  }

  /** The state that user and contact are in. */
  state(account: Account, contact: string): State {
    return currentState(account, contact);
  }

  /** What has left, as text that is the same from run to run. */
  transcript(): string[] {
    return this.sent.map(({ at, stanza }) => {
      const text = serialize(stanza, NS.client);
      return `${at}: ${text.replaceAll(/(stamp|id|ver)='[^']{8,}'/g, "$1='?'")}`;
    });
  }

  #outlet(at: string) {
    return {
      send: (stanza: Element) => {
        this.sent.push({ at, stanza });
      },
      fail: (condition: string) => {
        this.sent.push({ at, stanza: element(condition, NS.streamErrors) });
      },
    };
  }
}

function iq(type: 'get' | 'set', payload: Element): Element {
  return element('iq', NS.client, { type, id: 'i' }, [payload]);
}

/** The presence of a type among what left for one place. */
export function presenceAt(sent: readonly Sent[], at: string, type: string): Element[] {
  return sent
    .filter((one) => one.at === at && one.stanza.name === 'presence' && one.stanza.attrs.type === type)
    .map(({ stanza }) => stanza);
}

/** The roster items that a push or a result carries. */
export function itemsOf(stanza: Element): Element[] {
  return elements(stanza).flatMap(elements);
}
