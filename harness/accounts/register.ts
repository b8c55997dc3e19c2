import { Deadline } from '../wire/deadline.js';
import { child, type Element, elements, escapeAttribute, escapeText, NS } from '../wire/element.js';
import {
  conditionOf,
  describeError,
  type Place,
  type StreamEnd,
  streamFailure,
  TargetError,
  where,
} from '../wire/failure.js';
import { negotiate } from '../wire/negotiation.js';
import type { XmppStream } from '../wire/stream.js';
import { WITHHELD } from '../wire/transcript.js';
import { AccountNames } from './names.js';
import type { Account, Provisioner, ProvisionerContext } from './provisioner.js';

/** Requests sent ahead of their replies; enough to hide the round trip, few enough for any server's queue. */
const WINDOW = 16;

/** Connections that one registration may wear out before the server is taken to refuse it. */
const ATTEMPTS = 3;

const FORM_ID = 'register-form';

interface Registration {
  readonly id: string;
  readonly account: Account;
  readonly timer: NodeJS.Timeout;
  attempts: number;
  resolve(account: Account): void;
  reject(error: unknown): void;
}

/**
 * Creates accounts by in-band registration before authentication (XEP-0077 section 3.1), many on one connection. A
 * server that closes the connection after each is met with a new connection, one request at a time; so is, on the same
 * connection, one that answers only the last of several requests.
 */
export function registerProvisioner(context: ProvisionerContext): Provisioner {
  return new Registrar(context);
}

class Registrar implements Provisioner {
  readonly #names: AccountNames;
  readonly #place: Place;
  readonly #waiting: Registration[] = [];
  readonly #sent = new Map<string, Registration>();
  #stream: XmppStream | undefined;
  #fields: readonly string[] = [];
  #connecting = false;
  /** One until the server has shown that it goes on after a registration. */
  #window = 1;
  #closesAfterEach = false;
  #answersOnlyLast = false;
  #closed = false;
  #count = 0;

  constructor(private readonly context: ProvisionerContext) {
    this.#names = new AccountNames(context.domain);
    this.#place = { ...context.endpoint, domain: context.domain };
  }

  ensure(): void {
    // As many as anyone wants can be registered; whether the server allows it shows with the first.
  }

  acquire(hint: string): Promise<Account> {
    return new Promise((resolve, reject) => {
      const account = this.#names.next(hint);
      const id = `register-${++this.#count}`;
      const registration: Registration = {
        id,
        account,
        attempts: 0,
        // Connecting has a deadline of its own, so the request as a whole may take twice the time-out.
        timer: setTimeout(() => this.#expire(registration), this.context.timeoutMs * 2),
        resolve,
        reject,
      };
      this.#waiting.push(registration);
      this.#pump();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#failAll(
      (account) =>
        new TargetError(
          'registration',
          `${account.jid} was not registered, because the run is ending: run again.`,
        ),
    );
    const stream = this.#stream;
    this.#stream = undefined;
    await stream?.close();
  }

  #pump(): void {
    if (this.#waiting.length === 0 || this.#closed) return;
    const stream = this.#stream;
    if (stream === undefined) {
      void this.#connect();
      return;
    }
    while (this.#sent.size < this.#window) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next.attempts++;
      this.#sent.set(next.id, next);
      stream.send(this.#request(next, next.account.password), 'stanza', this.#request(next, WITHHELD));
    }
  }

  async #connect(): Promise<void> {
    if (this.#connecting) return;
    this.#connecting = true;
    try {
      const deadline = new Deadline(this.context.timeoutMs);
      const { stream } = await negotiate(this.context, deadline);
      try {
        this.#fields = await this.#askFields(stream, deadline);
      } catch (error) {
        stream.cut();
        throw error;
      }
      if (this.#closed) {
        stream.cut();
        return;
      }
      this.#stream = stream;
      stream.onStanza((stanza) => this.#reply(stanza));
      stream.onEnd((end) => this.#ended(stream, end));
    } catch (error) {
      this.#failAll(() => error);
    } finally {
      this.#connecting = false;
    }
    this.#pump();
  }

  /** The fields that the server wants filled in. */
  async #askFields(stream: XmppStream, deadline: Deadline): Promise<readonly string[]> {
    const at = where(this.#place);
    const { domain } = this.#place;
    const form = await stream.request(
      `<iq type='get' id='${FORM_ID}' to='${escapeAttribute(domain)}'><query xmlns='${NS.register}'/></iq>`,
      FORM_ID,
      'the registration form',
      deadline,
    );
    if (form.attrs.type === 'error') {
      throw new TargetError(
        'registration',
        `${at} offers no in-band registration at ${domain}${reasonOf(form)}: enable it, or give accounts with --accounts.`,
      );
    }
    const query = child(form, 'query', NS.register);
    const fields = query === undefined ? [] : elements(query).filter((item) => item.ns === NS.register);
    const names = fields.map((field) => field.name);
    if (!names.includes('username') || !names.includes('password')) {
      throw new TargetError(
        'registration',
        `${at} wants more for an account at ${domain} than a name and a password (a form to fill in, or a web page): enable plain in-band registration, or give accounts with --accounts.`,
      );
    }
    return names.filter((name) => name !== 'instructions' && name !== 'registered');
  }

  #request({ id, account }: Registration, password: string): string {
    const values: Readonly<Record<string, string>> = {
      username: account.username,
      password,
      email: account.jid,
    };
    const filled = this.#fields.map(
      (name) => `<${name}>${escapeText(values[name] ?? account.username)}</${name}>`,
    );
    return `<iq type='set' id='${id}' to='${escapeAttribute(this.#place.domain)}'><query xmlns='${NS.register}'>${filled.join('')}</query></iq>`;
  }

  #reply(stanza: Element): void {
    const registration = this.#sent.get(stanza.attrs.id ?? '');
    const { type } = stanza.attrs;
    if (stanza.name !== 'iq' || registration === undefined || (type !== 'result' && type !== 'error')) return;
    this.#repeatOvertaken(registration);
    this.#sent.delete(registration.id);
    clearTimeout(registration.timer);
    const error = child(stanza, 'error');
    const condition = error === undefined ? '' : conditionOf(error);
    // After a lost connection the request is repeated; a name that is unique to the run can only be taken by itself.
    const doneBefore = condition === 'conflict' && registration.attempts > 1;
    if (type === 'result' || doneBefore) {
      if (this.#closesAfterEach) this.#leave();
      else if (!this.#answersOnlyLast) this.#window = WINDOW;
      registration.resolve(registration.account);
    } else {
      registration.reject(this.#refusal(registration.account, condition, stanza));
    }
    this.#pump();
  }

  /**
   * A stream is served in order (RFC 6120 10.1), so an answer shows that no other will come to the requests before it:
   * jabberd2 answers only the last of those under way. They are repeated one at a time.
   */
  #repeatOvertaken(answered: Registration): void {
    const before = [...this.#sent.values()];
    const overtaken = before.slice(0, before.indexOf(answered));
    if (overtaken.length === 0) return;
    this.#answersOnlyLast = true;
    this.#window = 1;
    for (const { id } of overtaken) this.#sent.delete(id);
    this.#waiting.unshift(...overtaken);
  }

  #refusal(account: Account, condition: string, reply: Element): TargetError {
    const at = where(this.#place);
    const error = child(reply, 'error');
    const throttled = error?.attrs.type === 'wait' || condition === 'resource-constraint';
    return new TargetError(
      'registration',
      throttled
        ? `${at} slows down registration of ${account.jid}${reasonOf(reply)}: lift its limit on registrations, or give accounts with --accounts.`
        : `${at} refuses to register ${account.jid}${reasonOf(reply)}: allow in-band registration, or give accounts with --accounts.`,
    );
  }

  /** Goes ahead of a server that is about to close the connection. */
  #leave(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    void stream?.close();
  }

  #ended(stream: XmppStream, end: StreamEnd): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    const unanswered = [...this.#sent.values()];
    this.#sent.clear();
    if (unanswered.length > 0) {
      this.#closesAfterEach = true;
      this.#window = 1;
    }
    const again = unanswered.filter((registration) => registration.attempts < ATTEMPTS);
    for (const registration of unanswered) {
      if (registration.attempts < ATTEMPTS) continue;
      clearTimeout(registration.timer);
      registration.reject(
        streamFailure(end, `an answer to the registration of ${registration.account.jid}`, this.#place),
      );
    }
    this.#waiting.unshift(...again);
    this.#pump();
  }

  #expire(registration: Registration): void {
    this.#sent.delete(registration.id);
    const index = this.#waiting.indexOf(registration);
    if (index >= 0) this.#waiting.splice(index, 1);
    registration.reject(
      new TargetError(
        'timeout',
        `${where(this.#place)} did not answer the registration of ${registration.account.jid} within ${this.context.timeoutMs * 2} ms: check its log for limits on registration, or raise --timeout.`,
      ),
    );
  }

  #failAll(failure: (account: Account) => unknown): void {
    const all = [...this.#sent.values(), ...this.#waiting.splice(0)];
    this.#sent.clear();
    for (const registration of all) {
      clearTimeout(registration.timer);
      registration.reject(failure(registration.account));
    }
  }
}

function reasonOf(reply: Element): string {
  const error = child(reply, 'error');
  return error === undefined ? '' : ` (${describeError(error)})`;
}
