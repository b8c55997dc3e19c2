import { type Element, element, elements, NS } from '../wire/element.js';
import type { Account } from './accounts.js';
import { type Batch, type Emission, occasionOf } from './emission.js';
import { receiveSubscription, sendSubscription } from './handshake.js';
import { isRequest, isValidIq, ownIq, receiveIq, serverIq } from './iq.js';
import { bareJid, bareText, fullJid, type Jid, parseJid } from './jid.js';
import { receiveMessage } from './messages.js';
import { announce, direct, farewell, receivePresence, retire } from './presence.js';
import { maySend, screen, turnAway } from './privacy-gate.js';
import { answerProbe, presenceForNobody } from './probes.js';
import type { Session, StanzaOutlet } from './session.js';
import { type ErrorType, errorReply, presence, stamp } from './stanza.js';
import { isPresenceType, isSubscriptionType } from './subscriptions.js';
import type { World } from './world.js';

/** Takes every stanza to those who decide about it, and what they decide to where it belongs. */
export class Router {
  /** Connected components by domain. */
  readonly #components = new Map<string, StanzaOutlet>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #remote: Pick<StanzaOutlet, 'send'> | undefined;
  #closed = false;

  constructor(readonly world: World) {}

  /** Has what is for other domains sent to their servers; without it they can't be reached. */
  federate(remote: Pick<StanzaOutlet, 'send'>): void {
    this.#remote = remote;
  }

  /** Whether the domain is the server's own or that of a component. */
  hosts(domain: string): boolean {
    return domain === this.world.domain || this.#components.has(domain);
  }

  /** A resource has been bound; one of the same name goes. */
  connect(session: Session): void {
    const { account, resource } = session;
    const former = account.sessions.get(resource);
    if (former !== undefined && this.world.policy.sameResource === 'both-kept') {
      account.sessions.set(`${resource}\u0000`, former);
      account.sessions.set(resource, session);
      return;
    }
    if (former !== undefined) {
      this.disconnect(former);
      former.outlet.fail('conflict');
    }
    account.sessions.set(resource, session);
  }

  /** A stream has ended, one way or another: whoever saw the resource hears that it is gone. */
  disconnect(session: Session): void {
    const { account, resource } = session;
    if (this.#closed || account.sessions.get(resource) !== session) return;
    account.sessions.delete(resource);
    this.#carry(retire(this.world, session, farewell(session), false));
  }

  /** Ends all streams of an account that is no more. */
  expel(account: Account): void {
    for (const session of [...account.sessions.values()]) {
      this.disconnect(session);
      session.outlet.fail('not-authorized');
    }
  }

  /** A component has proved itself; false when its domain is taken. */
  connectComponent(domain: string, outlet: StanzaOutlet): boolean {
    if (domain === this.world.domain || this.#components.has(domain)) return false;
    this.#components.set(domain, outlet);
    return true;
  }

  /** A component has gone. */
  disconnectComponent(domain: string, outlet: StanzaOutlet): void {
    if (this.#components.get(domain) === outlet) this.#components.delete(domain);
  }

  /** A component can be spoken to. */
  greetComponent(domain: string): void {
    this.#carry({
      occasion: occasionOf('component-connected', presence({ from: domain }), { contact: domain }),
      emissions: [],
    });
  }

  /** A stanza that a client has sent. */
  fromSession(session: Session, received: Element): void {
    const stanza = stamp(received, { from: session.jid });
    const to = stanza.attrs.to === undefined ? undefined : parseJid(stanza.attrs.to);
    if (stanza.attrs.to !== undefined && to === undefined) {
      this.#refuse(session, stanza, 'modify', 'jid-malformed');
    } else if (!maySend(this.world, session, stanza)) {
      // XEP-0016 2.14 and XEP-0191 3.3; RFC 3921 does not say what the user hears of it.
      const isByBlocklist = session.account.privacy.isBlocklist(session.activeList);
      const details = isByBlocklist ? [element('blocked', NS.blockingErrors)] : [];
      this.#refuse(session, stanza, 'cancel', 'not-acceptable', details);
    } else if (stanza.name === 'presence') this.#presenceOf(session, stanza, to);
    else if (stanza.name === 'iq') this.#iqOf(session, stanza, to);
    else this.#forward(session, to === undefined ? stamp(stanza, { to: session.account.bare }) : stanza);
  }

  /** A stanza on its way to its `to` address, `from` in place. */
  route(stanza: Element): void {
    if (this.#closed) return;
    const to = parseJid(stanza.attrs.to ?? '');
    if (to === undefined) {
      this.bounce(stanza, 'modify', 'jid-malformed');
      return;
    }
    const outlet = this.#outlet(to.domain);
    if (outlet !== undefined) outlet.send(stanza);
    else if (to.domain !== this.world.domain) this.bounce(stanza, 'cancel', 'remote-server-not-found');
    else this.#receive(stanza, to);
  }

  /** Answers a stanza that can't be delivered, unless it is one that must not be answered. */
  bounce(stanza: Element, type: ErrorType, condition: string): void {
    const { type: kind } = stanza.attrs;
    const answerable =
      kind !== 'error' &&
      (stanza.name !== 'iq' || isRequest(stanza)) &&
      (stanza.name !== 'presence' || kind !== 'unavailable');
    if (!answerable) return;
    this.#carry({
      occasion: occasionOf('undeliverable', stanza, { contact: bareText(stanza.attrs.to ?? '') }),
      emissions: [{ purpose: 'reply', to: 'route', stanza: errorReply(stanza, type, condition) }],
    });
  }

  /** Drops all that is still to be sent. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #presenceOf(session: Session, stanza: Element, to: Jid | undefined): void {
    const { type } = stanza.attrs;
    if (isSubscriptionType(type)) {
      if (to === undefined) this.#refuse(session, stanza, 'modify', 'bad-request');
      // Everyone sees their own presence without asking (RFC 6121 4.2.2).
      else if (bareJid(to) !== session.account.bare) {
        this.#carry(sendSubscription(this.world, session, type, stanza));
      }
    } else if (!isPresenceType(type)) this.#refuse(session, stanza, 'modify', 'bad-request');
    else if (to !== undefined) this.#carry(direct(session, stanza));
    else if (type === undefined) this.#carry(announce(this.world, session, stanza));
    else if (type === 'unavailable') this.#carry(retire(this.world, session, stanza, true));
  }

  #iqOf(session: Session, iq: Element, to: Jid | undefined): void {
    if (!isValidIq(iq)) {
      this.#refuse(session, iq, 'modify', 'bad-request');
      return;
    }
    const own = to === undefined || fullJid(to) === session.account.bare;
    const rosterSet = iq.attrs.type === 'set' && elements(iq)[0]?.ns === NS.roster;
    if (own || (rosterSet && this.world.policy.rosterSetAddress === 'ignored')) {
      this.#carry(ownIq(this.world, session, iq));
    } else this.#forward(session, iq);
  }

  /** A message or IQ of a client goes wherever it is addressed to. */
  #forward(session: Session, stanza: Element): void {
    const trigger = stanza.name === 'iq' ? 'out:iq' : 'out:message';
    const contact = bareText(stanza.attrs.to ?? '');
    this.#carry({
      occasion: occasionOf(trigger, stanza, { account: session.account, session, contact }),
      emissions: [{ purpose: 'forwarded', to: 'route', stanza }],
    });
  }

  #receive(stanza: Element, to: Jid): void {
    if (to.local === '') {
      if (stanza.name === 'iq') this.#carry(serverIq(stanza));
      return;
    }
    const account = this.world.accounts.find(to.local);
    const stopped = account && turnAway(this.world, account, stanza, to);
    if (stopped !== undefined) this.#carry(stopped);
    else if (stanza.name === 'message') this.#carry(receiveMessage(this.world, account, stanza));
    else if (stanza.name === 'iq') this.#carry(receiveIq(this.world, account, stanza));
    else if (account !== undefined) this.#receivePresence(account, stanza, to);
    else this.#carry(presenceForNobody(this.world, stanza));
  }

  #isOfComponent({ attrs }: Element): boolean {
    return this.#components.has(parseJid(attrs.from ?? '')?.domain ?? '');
  }

  #receivePresence(account: Account, stanza: Element, to: Jid): void {
    const { type } = stanza.attrs;
    if (!isSubscriptionType(type)) {
      this.#carry(
        type === 'probe'
          ? answerProbe(this.world, account, stanza, this.#isOfComponent(stanza))
          : receivePresence(this.world, account, stanza),
      );
      return;
    }
    const named = account.sessions.get(to.resource);
    const admission = this.world.policy.admission(type, to.resource, named);
    if (admission === 'ignored') return;
    const taken = admission === 'taken' ? stanza : stamp(stanza, { to: account.bare });
    this.#carry(receiveSubscription(this.world, account, type, taken));
  }

  #carry(batch: Batch): void {
    const { occasion, emissions } = screen(this.world, batch);
    for (const emission of this.world.policy.emissions(emissions, occasion)) {
      if (emission.late === undefined) this.#emit(emission);
      else {
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          this.#emit(emission);
        }, emission.late);
        this.#timers.add(timer);
      }
    }
  }

  #emit({ to, stanza, delay }: Emission): void {
    if (this.#closed) return;
    if (to !== 'route') {
      to.outlet.send(stanza, delay);
      return;
    }
    const outlet = this.#outlet(parseJid(stanza.attrs.to ?? '')?.domain ?? this.world.domain);
    if (outlet === undefined) this.route(stanza);
    else outlet.send(stanza, delay);
  }

  /** The way to a domain that is not the server's own. */
  #outlet(domain: string): Pick<StanzaOutlet, 'send'> | undefined {
    return this.#components.get(domain) ?? (domain === this.world.domain ? undefined : this.#remote);
  }

  #refuse(
    session: Session,
    stanza: Element,
    type: 'modify' | 'cancel',
    condition: string,
    details: readonly Element[] = [],
  ): void {
    if (stanza.attrs.type === 'error' || stanza.attrs.type === 'result') return;
    this.#carry({
      occasion: occasionOf('refused', stanza, { account: session.account, session }),
      emissions: [{ purpose: 'reply', to: session, stanza: errorReply(stanza, type, condition, details) }],
    });
  }
}
