import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIP, type Socket } from 'node:net';
import type { Address } from '../endpoint.js';
import { listenFailure, listening } from '../listening.js';
import { type Question, RCODE, readQuery, writeAnswer } from './message.js';
import { answerQuestion, type Zone } from './zone.js';

/** A question that was asked, in the order of their coming. */
export interface Asked extends Question {
  /** `performance.now()` at its arrival. */
  readonly atMs: number;
}

/** A running DNS responder, over UDP and TCP. */
export interface DnsResponder {
  /** Where it listens, by IP address. */
  readonly address: Address;
  /** Whether anything was asked about the domain or what lies below it. */
  wasAsked(domain: string): boolean;
  /** All questions so far. */
  readonly asked: readonly Asked[];
  /** Adds a listener for questions; the function returned removes it. */
  onAsked(listener: (question: Question) => void): () => void;
  /** Answers by another zone from now on. */
  serve(zone: Zone): void;
  close(): Promise<void>;
}

/** As many questions are kept as a run could look at. */
const KEPT = 10_000;
/** The longest message over TCP that can hold a question of one name. */
const LONGEST = 4096;
const IDLE_MS = 10_000;
/** A free port for UDP may be taken for TCP. */
const ATTEMPTS = 5;

/**
 * Starts a responder that knows a few domains and none else, so that a server can be pointed at it.
 * @param address where it listens; a free port for 0
 * @throws TargetError `listen`
 */
export async function startResponder(address: Address, zone: Zone): Promise<DnsResponder> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(address, zone);
    } catch (error) {
      if (address.port !== 0 || attempt === ATTEMPTS) throw error;
    }
  }
}

async function start({ host, port }: Address, first: Zone): Promise<DnsResponder> {
  let zone = first;
  const asked: Asked[] = [];
  const listeners = new Set<(question: Question) => void>();
  const reply = (bytes: Buffer): Buffer | undefined => {
    const query = readQuery(bytes);
    if (query === undefined) return undefined;
    if (query.opcode !== 0) return writeAnswer(query, { rcode: RCODE.notImplemented, records: [] });
    if (asked.length < KEPT) asked.push({ ...query.question, atMs: performance.now() });
    for (const listener of listeners) listener(query.question);
    const answer = answerQuestion(zone, query.question);
    return answer === undefined ? undefined : writeAnswer(query, answer);
  };

  const udp = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
  udp.bind(port, host);
  try {
    await once(udp, 'listening');
  } catch (error) {
    udp.close();
    throw listenFailure(error, { host, port }, '--dns');
  }
  const { address: ip, port: free } = udp.address();
  // TCP could find another address by the same name.
  const bound = { host: ip, port: free };
  // A packet that can't be sent is a packet that got lost.
  udp.on('error', () => undefined);
  udp.on('message', (bytes, { address, port: from }) => {
    const answer = reply(bytes);
    if (answer !== undefined) udp.send(answer, from, address, () => undefined);
  });

  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    serveTcp(socket, reply);
  });
  try {
    await listening(tcp, bound, '--dns');
  } catch (error) {
    udp.close();
    throw error;
  }
  return {
    address: bound,
    asked,
    wasAsked: (domain) => asked.some(({ name }) => name === domain || name.endsWith(`.${domain}`)),
    onAsked: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    serve: (next) => {
      zone = next;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([
        new Promise<void>((resolve) => udp.close(() => resolve())),
        new Promise((resolve) => tcp.close(resolve)),
      ]);
    },
  };
}

/** Messages over TCP have their length before them (RFC 1035 4.2.2). */
function serveTcp(socket: Socket, reply: (bytes: Buffer) => Buffer | undefined): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= 2) {
      const length = pending.readUInt16BE(0);
      if (length > LONGEST) {
        socket.destroy();
        return;
      }
      if (pending.length < 2 + length) return;
      const answer = reply(pending.subarray(2, 2 + length));
      pending = pending.subarray(2 + length);
      if (answer === undefined) continue;
      const size = Buffer.alloc(2);
      size.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([size, answer]));
    }
  });
}
