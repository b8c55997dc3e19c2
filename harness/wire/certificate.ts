import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { domainToASCII } from 'node:url';

/** A key and a certificate that vouches for itself, both PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

const DAY = 86_400_000;
const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, time: 0x18 };
const SEQUENCE = 0x30;
const SET = 0x31;

/** DER: tag, length, content (X.690 8.1 and 10.1). */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const digits = body.length.toString(16);
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

/** An object identifier from its dotted form (X.690 8.19). */
function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) septets.unshift((left & 0x7f) | 0x80);
    return septets;
  });
  return der(TAG.oid, Buffer.from(arcs));
}

function generalizedTime(date: Date): Buffer {
  return der(TAG.time, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der(TAG.boolean, Buffer.from([0xff]))] : [];
  return der(SEQUENCE, oid(id), ...flag, der(TAG.octets, value));
}

function asciiName(domain: string): Buffer {
  return Buffer.from(domainToASCII(domain) || domain);
}

function pem(label: string, body: Buffer): string {
  const lines = body.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/**
 * Makes a P-256 key and a certificate for it, signed by itself, valid for a year (RFC 5280 4.1).
 * @param domain the XMPP domain, which becomes the dNSName of the subject (RFC 6120 13.7.1.2)
 * @param others more domains that it is for, `*.` before a domain for those directly below it
 */
export function selfSigned(domain: string, ...others: readonly string[]): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const host = asciiName(domain);
  const names = [host, ...others.map(asciiName)].map((name) => der(0x82, name));
  const ecdsaWithSha256 = der(SEQUENCE, oid('1.2.840.10045.4.3.2'));
  const serial = randomBytes(8);
  // A leading byte between 1 and 127 keeps the number positive and in its shortest form.
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x01, 0);
  const commonName = der(SEQUENCE, oid('2.5.4.3'), der(TAG.utf8, host.subarray(0, 64)));
  const name = der(SEQUENCE, der(SET, commonName));
  const now = Date.now();
  const validity = der(
    SEQUENCE,
    generalizedTime(new Date(now - DAY)),
    generalizedTime(new Date(now + 365 * DAY)),
  );
  const certificateAuthority = der(SEQUENCE, der(TAG.boolean, Buffer.from([0xff])));
  const extensions = der(
    SEQUENCE,
    extension('2.5.29.19', true, certificateAuthority),
    extension('2.5.29.17', false, der(SEQUENCE, ...names)),
  );
  const toBeSigned = der(
    SEQUENCE,
    der(0xa0, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, serial),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = der(SEQUENCE, toBeSigned, ecdsaWithSha256, der(TAG.bits, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem('CERTIFICATE', certificate),
  };
}
