import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';

/** Record types and classes that the responder knows by name (RFC 1035 3.2, RFC 3596, RFC 2782). */
export const TYPE = { a: 1, aaaa: 28, srv: 33, any: 255 } as const;
const CLASS_IN = 1;
const CLASS_ANY = 255;

/** Answer codes (RFC 1035 4.1.1). */
export const RCODE = { ok: 0, nameError: 3, notImplemented: 4 } as const;

/** One question of a query. */
export interface Question {
  /** In lower case, labels separated by dots, without a dot at the end; empty for the root. In Unicode, as XMPP has it. */
  readonly name: string;
  readonly type: number;
}

/** A query that can be answered. */
export interface Query {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  readonly question: Question;
  /** The question as it was written: resolvers compare letter by letter. */
  readonly written: Buffer;
}

/** What an answer holds for the name that was asked for. */
export type ResourceRecord =
  | { readonly type: typeof TYPE.a | typeof TYPE.aaaa; readonly address: string }
  | { readonly type: typeof TYPE.srv; readonly port: number; readonly target: string };

/** An answer: code and records. */
export interface Answer {
  readonly rcode: number;
  readonly records: readonly ResourceRecord[];
}

const HEADER = 12;
const LONGEST_NAME = 255;
/** Nothing here changes while a resolver could remember it. */
const TTL_SECONDS = 0;

/**
 * Reads a query of one question; anything else in it (EDNS) is left unread.
 * @returns undefined for what is no such query: nothing is owed to it
 */
export function readQuery(bytes: Buffer): Query | undefined {
  if (bytes.length < HEADER) return undefined;
  const flags = bytes.readUInt16BE(2);
  const isResponse = (flags & 0x8000) !== 0;
  if (isResponse || bytes.readUInt16BE(4) !== 1) return undefined;
  const name = readName(bytes, HEADER);
  if (name === undefined || name.end + 4 > bytes.length) return undefined;
  const kind = bytes.readUInt16BE(name.end + 2);
  if (kind !== CLASS_IN && kind !== CLASS_ANY) return undefined;
  return {
    id: bytes.readUInt16BE(0),
    opcode: (flags >> 11) & 0xf,
    recursionDesired: (flags & 0x0100) !== 0,
    question: { name: inUnicode(name.labels.join('.').toLowerCase()), type: bytes.readUInt16BE(name.end) },
    written: bytes.subarray(HEADER, name.end + 4),
  };
}

/** A name in a question, where nothing stands before it that could be pointed at. */
function readName(bytes: Buffer, start: number): { labels: string[]; end: number } | undefined {
  const labels: string[] = [];
  let at = start;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > 63 || at + 1 + length - start > LONGEST_NAME) return undefined;
    at += 1;
    if (length === 0) return { labels, end: at };
    if (at + length > bytes.length) return undefined;
    labels.push(bytes.toString('latin1', at, at + length));
    at += length;
  }
}

/** Names go over the wire as A-labels (RFC 5890 2.3.2.1), and are compared as their U-labels. */
function inUnicode(name: string): string {
  return name.includes('xn--') ? domainToUnicode(name) || name : name;
}

function inAscii(name: string): string {
  return /[^ -~]/.test(name) ? domainToASCII(name) || name : name;
}

/** Writes an answer to the query. The responder is authoritative for what it says, and recursion is of no use with it. */
export function writeAnswer(query: Query, { rcode, records }: Answer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(query.id, 0);
  const recursion = query.recursionDesired ? 0x0180 : 0x0080;
  header.writeUInt16BE(0x8400 | (query.opcode << 11) | recursion | rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, query.written, ...records.map(writeRecord)]);
}

function writeRecord(record: ResourceRecord): Buffer {
  const data = record.type === TYPE.srv ? writeSrv(record) : writeAddress(record.address);
  const head = Buffer.alloc(12);
  // The name is that of the question, right behind the header.
  head.writeUInt16BE(0xc000 | HEADER, 0);
  head.writeUInt16BE(record.type, 2);
  head.writeUInt16BE(CLASS_IN, 4);
  head.writeUInt32BE(TTL_SECONDS, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function writeSrv({ port, target }: { port: number; target: string }): Buffer {
  const numbers = Buffer.alloc(6);
  numbers.writeUInt16BE(port, 4);
  return Buffer.concat([numbers, writeName(target)]);
}

/** @param name labels separated by dots */
export function writeName(name: string): Buffer {
  const labels = name === '' ? [] : inAscii(name).split('.');
  return Buffer.concat([
    ...labels.map((label) => {
      const octets = Buffer.from(label, 'latin1');
      return Buffer.concat([Buffer.from([octets.length]), octets]);
    }),
    Buffer.from([0]),
  ]);
}

function writeAddress(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  // Written in hexadecimal groups alone, and without a zone, which is no part of the address.
  const canonical = new URL(`http://[${address.replace(/%.*/, '')}]`).hostname.slice(1, -1);
  const [front = '', back] = canonical.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':')).map((group) => Number(`0x${group}`));
  const head = groups(front);
  const tail = back === undefined ? [] : groups(back);
  const zeros = Array<number>(8 - head.length - tail.length).fill(0);
  const all = Buffer.alloc(16);
  for (const [index, group] of [...head, ...zeros, ...tail].entries()) all.writeUInt16BE(group, index * 2);
  return all;
}
