import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { child, type Element, element, NS, text } from '../wire/element.js';
import type { Account } from './accounts.js';
import { bareText, parseJid } from './jid.js';
import { isRegistration, register } from './registration.js';
import type { Router } from './router.js';
import { beginExchange, type Exchange, mechanisms, type Step } from './sasl.js';
import { Session } from './session.js';
import { errorReply, resultReply, stamp, translate } from './stanza.js';
import { type StreamHandler, XmlStream } from './stream.js';

/** Failed attempts to authenticate before the stream is ended (RFC 6120 6.4.5). */
const MAX_ATTEMPTS = 5;
const STANZAS = ['message', 'presence', 'iq'];
/** Label of the keying material that TLS channels are bound by (RFC 9266 2). */
const EXPORTER = 'EXPORTER-Channel-Binding';

/** What a client's connection can count on. */
export interface ClientHost {
  readonly router: Router;
  /** For STARTTLS; undefined when it is not offered. */
  readonly starttls: SecureContext | undefined;
}

/** One client-to-server stream: TLS, registration, SASL, binding, then stanzas. */
export class ClientConnection implements StreamHandler {
  readonly #stream: XmlStream;
  #account: Account | undefined;
  #session: Session | undefined;
  #exchange: Exchange | undefined;
  #attempts = 0;
  /** Bound to a resource that another stream has, until a session is asked for. */
  #contender: Session | undefined;

  constructor(
    socket: Socket,
    private readonly host: ClientHost,
  ) {
    const { domain, policy } = host.router.world;
    this.#stream = new XmlStream(socket, NS.client, domain, this, policy);
  }

  opened(header: Element, contentNs: string): void {
    const stream = this.#stream;
    const to = header.attrs.from;
    const reply = { id: randomBytes(8).toString('hex'), version: '1.0', 'xml:lang': 'en' };
    stream.open(to === undefined ? reply : { ...reply, to });
    if (header.name !== 'stream') stream.fail('bad-format');
    else if (header.ns !== NS.streams || contentNs !== NS.client) stream.fail('invalid-namespace');
    else if (header.attrs.to !== undefined && parseJid(header.attrs.to)?.domain !== this.#domain) {
      stream.fail('host-unknown');
    } else if (Number.parseFloat(header.attrs.version ?? '0') < 1) stream.fail('unsupported-version');
    else stream.features(this.#features());
  }

  element(received: Element): void {
    if (this.#session !== undefined) this.#stanza(this.#session, received);
    else if (this.#account !== undefined) this.#bind(this.#account, received);
    else this.#negotiate(received);
  }

  ended(): void {
    if (this.#session !== undefined) this.host.router.disconnect(this.#session);
  }

  get #domain(): string {
    return this.host.router.world.domain;
  }

  /** The TLS layer; undefined on a plain connection. */
  get #tls(): TLSSocket | undefined {
    const { socket } = this.#stream;
    return socket instanceof TLSSocket ? socket : undefined;
  }

  /** Keying material to bind SASL to the channel; TLS below 1.3 has none that is safe (RFC 9266 1). */
  get #binding(): Buffer | undefined {
    const tls = this.#tls;
    if (tls === undefined || tls.getProtocol() !== 'TLSv1.3') return undefined;
    return tls.exportKeyingMaterial(32, EXPORTER, Buffer.alloc(0));
  }

  /** A password is not asked for in the clear where STARTTLS is to be had (RFC 6120 13.8.3). */
  get #mayBePlain(): boolean {
    return this.#tls !== undefined || this.host.starttls === undefined;
  }

  #features(): Element[] {
    const { policy } = this.host.router.world;
    if (this.#account !== undefined) {
      const optional = policy.offersSessions === 'optional' ? [element('optional', NS.session)] : [];
      return [
        element('bind', NS.bind),
        ...(policy.offersSessions === 'no' ? [] : [element('session', NS.session, {}, optional)]),
        ...(policy.announcesPreApproval ? [element('sub', NS.preApproval)] : []),
        ...(policy.announcesVersioning ? [element('ver', NS.rosterVersioning)] : []),
      ];
    }
    const binding = this.#binding;
    const offered = mechanisms({ binding, plain: this.#mayBePlain });
    const names = offered.map((name) => element('mechanism', NS.sasl, {}, [name]));
    const cb = element('channel-binding', NS.saslChannelBinding, { type: 'tls-exporter' });
    return [
      ...(this.host.starttls !== undefined && this.#tls === undefined ? [element('starttls', NS.tls)] : []),
      element('mechanisms', NS.sasl, {}, names),
      ...(policy.offersBindingEarly ? [element('bind', NS.bind)] : []),
      ...(binding !== undefined ? [element('sasl-channel-binding', NS.saslChannelBinding, {}, [cb])] : []),
      element('register', NS.registerFeature),
    ];
  }

  #negotiate(received: Element): void {
    if (received.ns === NS.tls && received.name === 'starttls') this.#startTls();
    else if (received.ns === NS.sasl) this.#authenticate(received);
    else if (isRegistration(received)) {
      this.#stream.send(register(this.host.router.world.accounts, undefined, received).reply);
    } else this.#early('unauthenticated', received);
  }

  /** An element before its time: nothing but negotiation may come here. */
  #early(stage: 'unauthenticated' | 'unbound', received: Element): void {
    const { router } = this.host;
    const isStanza = received.ns === NS.client && STANZAS.includes(received.name);
    const fate = router.world.policy.earlyFate(stage, received);
    if (fate === 'stream-error' || !isStanza) this.#stream.fail('not-authorized');
    else if (fate === 'stanza-error') this.#stream.send(errorReply(received, 'auth', 'not-authorized'));
    else if (fate === 'ignored') return;
    else if (child(received, 'session', NS.session) !== undefined) this.#stream.send(resultReply(received));
    else router.route(stamp(received, { from: this.#account?.bare ?? `nobody@${this.#domain}` }));
  }

  #startTls(): void {
    const context = this.host.starttls;
    if (context === undefined || this.#tls !== undefined) {
      this.#stream.send(element('failure', NS.tls));
      this.#stream.close();
      return;
    }
    this.#stream.send(element('proceed', NS.tls));
    this.#stream.secure(context);
  }

  #authenticate(received: Element): void {
    const data = decodeBase64(text(received));
    if (received.name === 'abort') this.#failed('aborted');
    else if (data === undefined) this.#failed('incorrect-encoding');
    else if (received.name === 'auth') this.#begin(received, data);
    else if (received.name === 'response' && this.#exchange !== undefined) this.#step(this.#exchange, data);
    else this.#failed('malformed-request');
  }

  #begin(auth: Element, data: Buffer): void {
    const exchange = beginExchange(auth.attrs.mechanism ?? '', {
      find: (username) => {
        const name = parseJid(`${username}@${this.#domain}`);
        return name && this.host.router.world.accounts.find(name.local);
      },
      binding: this.#binding,
      plain: this.#mayBePlain,
    });
    if (exchange === undefined) {
      this.#failed('invalid-mechanism');
      return;
    }
    this.#exchange = exchange;
    // Without an initial response the server asks for one by an empty challenge (RFC 6120 6.4.3).
    if (text(auth) === '') this.#stream.send(element('challenge', NS.sasl));
    else this.#step(exchange, data);
  }

  #step(exchange: Exchange, data: Buffer): void {
    const step: Step = exchange.step(data);
    if (step.kind === 'failure') this.#failed(step.condition);
    else if (step.kind === 'challenge') {
      this.#stream.send(element('challenge', NS.sasl, {}, [step.data.toString('base64')]));
    } else {
      const proof = step.data === undefined ? [] : [step.data.toString('base64')];
      this.#stream.send(element('success', NS.sasl, {}, proof));
      this.#account = step.account;
      this.#stream.restart();
    }
  }

  #failed(condition: string): void {
    this.#exchange = undefined;
    this.#attempts += 1;
    this.#stream.send(element('failure', NS.sasl, {}, [element(condition, NS.sasl)]));
    if (this.#attempts >= MAX_ATTEMPTS) this.#stream.fail('policy-violation');
  }

  #bind(account: Account, received: Element): void {
    const bind = child(received, 'bind', NS.bind);
    if (received.name !== 'iq' || received.attrs.type !== 'set' || bind === undefined) {
      if (this.#contender === undefined) this.#early('unbound', received);
      else this.#contend(this.#contender, received);
      return;
    }
    const { policy } = this.host.router.world;
    const wanted = child(bind, 'resource');
    const granted = policy.boundResource((wanted && text(wanted)) ?? '');
    let resource = granted || randomBytes(8).toString('hex');
    if (granted === undefined || parseJid(`${account.bare}/${resource}`) === undefined) {
      this.#stream.send(errorReply(received, 'modify', 'bad-request'));
      return;
    }
    const isTaken = account.sessions.has(resource);
    if (isTaken && policy.sameResource === 'binding-refused') {
      this.#stream.send(errorReply(received, 'cancel', 'conflict'));
      return;
    }
    if (isTaken && policy.sameResource === 'other-resource') resource = randomBytes(8).toString('hex');
    const session = new Session(account, resource, this.#stream);
    if (isTaken && policy.sameResource === 'session-refused') this.#contender = session;
    else {
      this.host.router.connect(session);
      this.#session = session;
    }
    const jid = element('jid', NS.bind, {}, [session.jid]);
    this.#stream.send(resultReply(received, element('bind', NS.bind, {}, [jid])));
  }

  /** A session for a resource that another stream has is refused, and another resource may be bound (RFC 3921 section 3). */
  #contend(contender: Session, received: Element): void {
    this.#contender = undefined;
    if (!contender.account.sessions.has(contender.resource)) {
      this.host.router.connect(contender);
      this.#session = contender;
      this.#stanza(contender, received);
    } else if (child(received, 'session', NS.session) !== undefined) {
      const { condition, endsStream } = this.host.router.world.policy.sessionRefusal;
      this.#stream.send(errorReply(received, 'cancel', condition));
      if (endsStream) this.#stream.close();
    } else this.#early('unbound', received);
  }

  #stanza(session: Session, received: Element): void {
    const { from, to } = received.attrs;
    const { policy } = this.host.router.world;
    const isForeign = from !== undefined && from !== session.jid && bareText(from) !== session.account.bare;
    if (received.ns !== NS.client || !STANZAS.includes(received.name)) {
      const fate = policy.strangeFate(received);
      if (fate === 'processed') {
        this.host.router.fromSession(session, translate(received, received.ns, NS.client));
      } else if (fate !== 'ignored') this.#stream.fail(fate);
    } else if (!policy.givesSessions && child(received, 'session', NS.session) !== undefined) {
      this.#stream.send(errorReply(received, 'cancel', 'service-unavailable'));
    } else if (isForeign && policy.foreignFrom === 'stream-error') {
      this.#stream.fail('invalid-from');
    } else if (isForeign && policy.foreignFrom === 'passed-on') {
      this.host.router.route(received);
    } else if (isRegistration(received) && (to === undefined || this.#isOwn(session, to))) {
      this.#register(session.account, received);
    } else this.host.router.fromSession(session, received);
  }

  #isOwn(session: Session, to: string): boolean {
    return to === this.#domain || to === session.account.bare;
  }

  #register(account: Account, iq: Element): void {
    const { router } = this.host;
    const { reply, removed } = register(router.world.accounts, account, iq);
    this.#stream.send(reply);
    if (removed) router.expel(account);
  }
}

/** The octets of base64 text, `=` standing for none (RFC 6120 6.4.2); undefined when it is not base64. */
function decodeBase64(encoded: string): Buffer | undefined {
  if (encoded === '=') return Buffer.alloc(0);
  const valid = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded);
  return valid ? Buffer.from(encoded, 'base64') : undefined;
}
