import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** The hash that a SCRAM mechanism is built on (RFC 5802, RFC 7677), by its name in node:crypto. */
export type ScramHash = 'sha1' | 'sha256';

/** The server's SCRAM messages are malformed, or it does not know the password. */
export class ScramError extends Error {
  override readonly name = 'ScramError';
}

/** What the server's first message holds. */
export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Buffer;
  readonly iterations: number;
}

/** Keys that depend on password, salt and iteration count alone, and may be kept (RFC 5802 section 5.1). */
export interface ScramKeys {
  readonly clientKey: Buffer;
  readonly serverKey: Buffer;
}

/** A million rounds take half a second; a server that asks for more would stall the run. */
const MAX_ITERATIONS = 1_000_000;

/** The first message without the gs2 header: `n=user,r=nonce`. The name is prepared with SASLprep already. */
export function clientFirstBare(username: string, nonce: string): string {
  return `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
}

/**
 * Reads the server's first message.
 * @throws ScramError when it is malformed, does not continue the client's nonce, or asks for too many rounds
 */
export function parseServerFirst(message: string, clientNonce: string): ServerFirst {
  if (message.startsWith('m=')) {
    throw new ScramError('it demands an extension of SCRAM that is unknown here');
  }
  const parts = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/]+=*),i=([1-9]\d*)(?:,.*)?$/s.exec(message);
  const [, nonce, salt, iterations] = parts ?? [];
  if (nonce === undefined || salt === undefined || iterations === undefined) {
    throw new ScramError(`its first message "${message}" lacks nonce, salt or iteration count`);
  }
  if (!nonce.startsWith(clientNonce) || nonce === clientNonce) {
    throw new ScramError("its nonce does not continue the client's");
  }
  if (Number(iterations) > MAX_ITERATIONS) {
    throw new ScramError(`its iteration count ${iterations} is above ${MAX_ITERATIONS}`);
  }
  return { nonce, salt: Buffer.from(salt, 'base64'), iterations: Number(iterations) };
}

const derive = promisify(pbkdf2);

/** Derives both keys off the main thread. The password is prepared with SASLprep already. */
export async function deriveKeys(
  hash: ScramHash,
  password: string,
  salt: Buffer,
  iterations: number,
): Promise<ScramKeys> {
  const salted = await derive(password, salt, iterations, hash === 'sha1' ? 20 : 32, hash);
  return { clientKey: hmac(hash, salted, 'Client Key'), serverKey: hmac(hash, salted, 'Server Key') };
}

/** What {@link clientFinal} binds together. */
export interface ScramExchange {
  readonly hash: ScramHash;
  /** `n,,`, `y,,` or `p=TYPE,,`. */
  readonly gs2Header: string;
  /** The data of the channel binding type named in the header; empty for `n` and `y`. */
  readonly bindingData: Buffer;
  readonly clientFirstBare: string;
  readonly serverFirst: string;
  readonly nonce: string;
  readonly keys: ScramKeys;
}

/** The client's final message, and the signature that the server has to answer with. */
export function clientFinal(exchange: ScramExchange): { message: string; serverSignature: Buffer } {
  const { hash, keys } = exchange;
  const binding = Buffer.concat([Buffer.from(exchange.gs2Header), exchange.bindingData]).toString('base64');
  const withoutProof = `c=${binding},r=${exchange.nonce}`;
  const authMessage = `${exchange.clientFirstBare},${exchange.serverFirst},${withoutProof}`;
  const storedKey = createHash(hash).update(keys.clientKey).digest();
  const signature = hmac(hash, storedKey, authMessage);
  const proof = keys.clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
  return {
    message: `${withoutProof},p=${Buffer.from(proof).toString('base64')}`,
    serverSignature: hmac(hash, keys.serverKey, authMessage),
  };
}

/**
 * Checks the server's final message.
 * @throws ScramError when it reports an error or its signature is not the one expected: a server that does not know
 *   the password (RFC 5802 section 5)
 */
export function verifyServerFinal(message: string, serverSignature: Buffer): void {
  const failed = /^e=([^,]*)/.exec(message);
  if (failed) throw new ScramError(`it reports ${failed[1]}`);
  const given = Buffer.from(/^v=([A-Za-z0-9+/]+=*)(?:,.*)?$/s.exec(message)?.[1] ?? '', 'base64');
  if (given.length !== serverSignature.length || !timingSafeEqual(given, serverSignature)) {
    throw new ScramError('its signature is wrong, so it does not know the password');
  }
}

function hmac(hash: ScramHash, key: Buffer, data: string): Buffer {
  return createHmac(hash, key).update(data).digest();
}
