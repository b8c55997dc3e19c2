import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { saslprep } from '@mongodb-js/saslprep';
import type { Account } from './accounts.js';

/** What the server needs to know of a password for one SCRAM hash (RFC 5802 3). */
export interface ScramKeys {
  readonly salt: Buffer;
  readonly stored: Buffer;
  readonly server: Buffer;
}

/** What the server does next in a SASL exchange; conditions as in RFC 6120 6.5. */
export type Step =
  | { readonly kind: 'challenge'; readonly data: Buffer }
  | { readonly kind: 'success'; readonly account: Account; readonly data?: Buffer }
  | { readonly kind: 'failure'; readonly condition: string };

/** One attempt to authenticate. */
export interface Exchange {
  /** Takes what the client sent, base64 taken off. */
  step(data: Buffer): Step;
}

/** What an exchange depends on. */
export interface SaslContext {
  /** The account of a prepared user name. */
  find(username: string): Account | undefined;
  /** Keying material of the TLS channel (RFC 9266), where it can be bound to. */
  readonly binding: Buffer | undefined;
  /** Passwords may travel as they are: the channel is encrypted, or cannot be. */
  readonly plain: boolean;
}

/** Iterations of PBKDF2, the least that RFC 7677 section 4 allows. */
const ITERATIONS = 4096;

const HASHES: Readonly<Record<string, string>> = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-1': 'sha1' };
const BINDING_TYPE = 'tls-exporter';

/** The mechanisms to offer, strongest first. */
export function mechanisms({ binding, plain }: Pick<SaslContext, 'binding' | 'plain'>): string[] {
  const scram = Object.keys(HASHES);
  const plus = binding === undefined ? [] : scram.map((name) => `${name}-PLUS`);
  return [...plus, ...scram, ...(plain ? ['PLAIN'] : [])];
}

/** Begins an exchange; undefined when the mechanism is not on offer. */
export function beginExchange(mechanism: string, context: SaslContext): Exchange | undefined {
  if (!mechanisms(context).includes(mechanism)) return undefined;
  if (mechanism === 'PLAIN') return { step: (data) => plainStep(data, context) };
  const plus = mechanism.endsWith('-PLUS');
  const hash = HASHES[plus ? mechanism.slice(0, -5) : mechanism];
  return hash === undefined ? undefined : new Scram(hash, plus, context);
}

const failure = (condition: string): Step => ({ kind: 'failure', condition });

function prepared(text: string): string | undefined {
  try {
    return saslprep(text);
  } catch {
    return undefined;
  }
}

function mayActAs(authzid: string, account: Account): boolean {
  return authzid === '' || authzid.toLowerCase() === account.bare;
}

/** PLAIN (RFC 4616). */
function plainStep(data: Buffer, context: SaslContext): Step {
  const [authzid, authcid, password, ...more] = data.toString('utf8').split('\0');
  if (authzid === undefined || !authcid || !password || more.length > 0) return failure('malformed-request');
  const account = context.find(authcid);
  if (account === undefined || prepared(account.password) !== prepared(password))
    return failure('not-authorized');
  return mayActAs(authzid, account) ? { kind: 'success', account } : failure('invalid-authzid');
}

function keysOf(account: Account, hash: string): ScramKeys {
  const known = account.keys.get(hash);
  if (known !== undefined) return known;
  const salt = randomBytes(16);
  const password = prepared(account.password) ?? account.password;
  const length = createHash(hash).digest().length;
  const salted = pbkdf2Sync(password, salt, ITERATIONS, length, hash);
  const clientKey = createHmac(hash, salted).update('Client Key').digest();
  const keys = {
    salt,
    stored: createHash(hash).update(clientKey).digest(),
    server: createHmac(hash, salted).update('Server Key').digest(),
  };
  account.keys.set(hash, keys);
  return keys;
}

/** The attributes of a SCRAM message by letter. */
function attributes(message: string): Map<string, string> {
  return new Map(message.split(',').map((pair) => [pair.slice(0, 1), pair.slice(2)]));
}

/** SCRAM, the server's side (RFC 5802 5). */
class Scram implements Exchange {
  #header = '';
  #firstBare = '';
  #challenge = '';
  #nonce = '';
  #authzid = '';
  #account: Account | undefined;

  constructor(
    readonly hash: string,
    readonly plus: boolean,
    readonly context: SaslContext,
  ) {}

  step(data: Buffer): Step {
    const message = data.toString('utf8');
    return this.#challenge === '' ? this.#first(message) : this.#final(message);
  }

  #first(message: string): Step {
    const match = /^((n|y|p=([^,]+)),(?:a=([^,]*))?,)(n=([^,]*),r=([^,]+)(?:,.*)?)$/s.exec(message);
    if (match === null) return failure('malformed-request');
    const [, header = '', flag = '', bindingType, authzid = '', bare = '', username = '', nonce = ''] = match;
    if (this.plus ? bindingType !== BINDING_TYPE : bindingType !== undefined)
      return failure('malformed-request');
    // The client says that the server lacks channel binding, which it does not: a downgrade (RFC 5802 6).
    if (flag === 'y' && this.context.binding !== undefined) return failure('not-authorized');
    const name = prepared(unescapeName(username));
    if (name === undefined || /=(?!2C|3D)/.test(username)) return failure('malformed-request');
    this.#header = header;
    this.#authzid = unescapeName(authzid);
    this.#firstBare = bare;
    this.#account = this.context.find(name);
    this.#nonce = nonce + randomBytes(18).toString('base64');
    // A stranger is given a salt too, so that the challenge does not tell who has an account.
    const salt = this.#account === undefined ? randomBytes(16) : keysOf(this.#account, this.hash).salt;
    this.#challenge = `r=${this.#nonce},s=${salt.toString('base64')},i=${ITERATIONS}`;
    return { kind: 'challenge', data: Buffer.from(this.#challenge) };
  }

  #final(message: string): Step {
    const proofAt = message.lastIndexOf(',p=');
    const given = attributes(message);
    if (proofAt < 0 || !given.has('c') || !given.has('r')) return failure('malformed-request');
    const account = this.#account;
    const binding = this.plus ? (this.context.binding ?? Buffer.alloc(0)) : Buffer.alloc(0);
    const expected = Buffer.concat([Buffer.from(this.#header), binding]).toString('base64');
    if (account === undefined || given.get('c') !== expected || given.get('r') !== this.#nonce) {
      return failure('not-authorized');
    }
    const keys = keysOf(account, this.hash);
    const authMessage = `${this.#firstBare},${this.#challenge},${message.slice(0, proofAt)}`;
    const signature = createHmac(this.hash, keys.stored).update(authMessage).digest();
    const proof = Buffer.from(message.slice(proofAt + 3), 'base64');
    if (proof.length !== signature.length) return failure('not-authorized');
    const clientKey = signature.map((byte, index) => byte ^ (proof[index] ?? 0));
    if (!timingSafeEqual(createHash(this.hash).update(clientKey).digest(), keys.stored)) {
      return failure('not-authorized');
    }
    if (!mayActAs(this.#authzid, account)) return failure('invalid-authzid');
    const verifier = createHmac(this.hash, keys.server).update(authMessage).digest('base64');
    return { kind: 'success', account, data: Buffer.from(`v=${verifier}`) };
  }
}

function unescapeName(name: string): string {
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=');
}
