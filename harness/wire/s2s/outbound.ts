import { type Element, NS, serialize } from '../element.js';
import type { Endpoint } from '../endpoint.js';
import { type Place, type StreamEnd, streamFailure, TargetError, where } from '../failure.js';
import type { XmppStream } from '../stream.js';
import type { Recorder } from '../transcript.js';
import { BIDI_REQUEST, offersBidi } from './bidi.js';
import type { Onlooker } from './conduct.js';
import {
  type DomainPair,
  isAnswer,
  type Outcome,
  outcomeOf,
  resultRequest,
  verifyRequest,
} from './dialback.js';
import { dialbackKey } from './key.js';
import { openServerStream, type ServerStream } from './opening.js';
import { Receiver, type ReceiverHost } from './receiver.js';
import { adviseOn, type WayBack } from './way-back.js';

/** What all streams to the other server have in common. */
export interface OutboundContext {
  readonly endpoint: Endpoint;
  /** For opening a stream, dialback included, in milliseconds. */
  readonly timeoutMs: number;
  readonly record: Recorder;
  /** Of the harness's domains, for dialback keys. */
  readonly secret: string;
  /** What was seen of the other server's way to the domain. */
  readonly wayBack: (domain: string) => WayBack;
  /** Whether a stream is good for nothing before the domain has been proved on it. */
  readonly proves: boolean;
  /** Watches what comes over the streams. */
  readonly onlooker?: Onlooker;
  /** Takes what comes over streams for both directions, which are made wherever they are offered; absent where none are. */
  readonly receiverHost?: ReceiverHost;
}

/** A stream on which the pair has been proved, or need not be. */
interface AuthorisedStream extends ServerStream {
  /** Whether the other server may send its stanzas over it. */
  readonly isBidi: boolean;
}

/** What servers say to dialback on a port for clients. */
const NO_SERVER_PORT: ReadonlySet<string> = new Set(['invalid-namespace', 'unsupported-stanza-type']);

const RESULT = 'an answer to the dialback key';
const VERDICT = 'an answer about its dialback key';

/**
 * Opens a stream to the other server and has it accept a pair of domains (XEP-0220 2.1.1), where that is to be proved.
 * @throws TargetError of any kind but `authentication` and `registration`; the connection is closed then
 */
export async function openAuthorised(pair: DomainPair, context: OutboundContext): Promise<AuthorisedStream> {
  const { endpoint, timeoutMs, record, secret, wayBack, proves, onlooker } = context;
  const refused = (kind: TargetError['kind'], why: string, place: Place) =>
    new TargetError(
      kind,
      `${where(place)} does not accept ${pair.from} for ${pair.to} (${why}): ${adviseOn(wayBack(pair.from))}.`,
    );
  const explain = (end: StreamEnd, awaited: string, place: Place) => {
    if (NO_SERVER_PORT.has(end.streamError ?? '')) {
      return new TargetError(
        'stream',
        `${where(place)} takes no servers (${end.message}): check that --s2s names its port for servers.`,
      );
    }
    return awaited === RESULT ? refused('refused', end.message, place) : streamFailure(end, awaited, place);
  };
  const onFeatures = (features: Element) =>
    onlooker?.onElement(features, serialize(features, NS.server), performance.now());
  const opened = await openServerStream({ endpoint, pair, timeoutMs, record, explain, onFeatures });
  if (!proves) return { ...opened, isBidi: false };
  const { stream, id, place, deadline } = opened;
  const isBidi = context.receiverHost !== undefined && offersBidi(opened.features);
  try {
    if (isBidi) stream.say(BIDI_REQUEST);
    const key = dialbackKey(secret, { receiving: pair.to, originating: pair.from, streamId: id });
    stream.say(resultRequest(pair, key));
    const { type, words } = outcomeOf(
      await answer(stream, RESULT, deadline, (element) => isAnswer(element, 'result', pair)),
    );
    if (type !== 'valid') throw refused('refused', `dialback says ${words}`, place);
    return { ...opened, isBidi };
  } catch (error) {
    stream.cut();
    if (error instanceof TargetError && error.kind === 'timeout') {
      throw refused('timeout', `no answer to the dialback key within ${timeoutMs} ms`, place);
    }
    throw error;
  }
}

/**
 * Asks the other server, over a connection of its own, whether it made a dialback key (XEP-0220 2.1.2).
 * @param pair the other server's domain, from which stanzas are to come, and the domain of the harness
 * @param id of the stream that the key came over
 * @returns an error of dialback where the other server can't be asked
 */
export async function verifyKey(
  pair: DomainPair,
  id: string,
  key: string,
  context: OutboundContext,
): Promise<Outcome & { readonly why: string }> {
  const asked = { from: pair.to, to: pair.from };
  const { endpoint, timeoutMs, record } = context;
  try {
    const opened = await openServerStream({
      endpoint,
      pair: asked,
      timeoutMs,
      record,
      explain: streamFailure,
    });
    try {
      opened.stream.say(verifyRequest(asked, id, key));
      const isVerdict = (element: Element) => isAnswer(element, 'verify', asked, id);
      const { type, words } = outcomeOf(await answer(opened.stream, VERDICT, opened.deadline, isVerdict));
      if (type === 'valid') return { type, why: '' };
      const why = `${where(opened.place)} says of the dialback key of ${pair.from}: ${words}`;
      return type === 'invalid'
        ? { type, why }
        : { type: 'error', condition: 'remote-server-not-found', why };
    } finally {
      // Nobody waits for it: the stream was for this question alone.
      void opened.stream.close();
    }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    const condition = error.kind === 'timeout' ? 'remote-server-timeout' : 'remote-connection-failed';
    return { type: 'error', condition, why: error.message };
  }
}

/** Waits for the answer; nothing else that comes before it concerns anybody. */
async function answer(
  stream: XmppStream,
  awaited: string,
  deadline: ServerStream['deadline'],
  is: (element: Element) => boolean,
): Promise<Element> {
  for (;;) {
    const element = await stream.read(awaited, deadline);
    if (is(element)) return element;
  }
}

/** Told of a stream that ended, and by whom something was sent that may be lost. */
export type LossListener = (end: StreamEnd, senders: ReadonlySet<string>) => void;

/** A stanza that waits for its stream. */
interface Waiting {
  readonly xml: string;
  readonly sender: string;
  readonly onSent: (() => void) | undefined;
}

/** A stream that stands, and who has sent something over it. */
interface Standing {
  readonly stream: XmppStream;
  /** Whether the other server sends over it as well. */
  readonly isBidi: boolean;
  readonly senders: Set<string>;
}

/**
 * The way from one domain of the harness to one of the other server. Its stream is opened when something is to be
 * sent, and again after it has ended; what is sent meanwhile waits, in order. A stream that the other server has opened
 * for both directions will do.
 */
export class Route {
  /** What is sent goes over the last: one that the other server has opened, since it sends over that as well. */
  readonly #standing: Standing[] = [];
  #opening: Promise<AuthorisedStream> | undefined;
  #waiting: Waiting[] = [];
  #isClosed = false;

  constructor(
    private readonly pair: DomainPair,
    private readonly context: OutboundContext,
    private readonly onLoss: LossListener,
  ) {}

  /**
   * Sends a stanza; who sent it is told as lost when that can't be known to have arrived.
   * @param onSent called when it goes out, which is later where it has to wait for the stream
   */
  send(xml: string, sender: string, onSent?: () => void): void {
    const standing = this.#standing.filter(({ stream }) => stream.isOpen).at(-1);
    if (standing !== undefined) {
      standing.senders.add(sender);
      onSent?.();
      standing.stream.send(xml);
      return;
    }
    this.#waiting.push({ xml, sender, onSent });
    // The loss is told to those whom it concerns.
    void this.open().catch(() => undefined);
  }

  /**
   * Opens the stream, unless one stands.
   * @returns whether it is secured; undefined when it stood already
   * @throws TargetError as {@link openAuthorised}
   */
  async open(): Promise<boolean | undefined> {
    if (this.#standing.some(({ stream }) => stream.isOpen) || this.#isClosed) return undefined;
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return (await this.#opening).isSecured;
  }

  /** Whether a stream for both directions stands. */
  get isBidi(): boolean {
    return this.#standing.some(({ isBidi }) => isBidi);
  }

  /** Has what is sent go over this stream from now on, which the other server has opened for both directions. */
  adopt(stream: XmppStream): void {
    const standing = { stream, isBidi: true, senders: new Set<string>() };
    this.#standing.push(standing);
    this.#use(standing);
  }

  /** Sends what has waited for it, and tells of its end. */
  #use(standing: Standing): void {
    standing.stream.onEnd((end) => {
      const at = this.#standing.indexOf(standing);
      if (at === -1) return;
      this.#standing.splice(at, 1);
      if (!this.#isClosed) this.onLoss(end, standing.senders);
    });
    for (const { xml, sender, onSent } of this.#waiting.splice(0)) this.send(xml, sender, onSent);
  }

  /** Ends the streams in good order, as a server does that goes down; the next stanza opens another one. Never rejects. */
  async leave(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    await Promise.all(this.#standing.splice(0).map(({ stream }) => stream.close()));
  }

  /** Ends the streams in good order. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening?.catch(() => undefined);
    await Promise.all(this.#standing.map(({ stream }) => stream.close()));
  }

  async #connect(): Promise<AuthorisedStream> {
    try {
      const opened = await openAuthorised(this.pair, this.context);
      this.#listen(opened);
      const standing = { stream: opened.stream, isBidi: opened.isBidi, senders: new Set<string>() };
      this.#standing.unshift(standing);
      this.#use(standing);
      return opened;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const senders = new Set(this.#waiting.splice(0).map(({ sender }) => sender));
      this.onLoss({ kind: 'lost', message: `what waited could not be sent: ${message}` }, senders);
      throw error;
    }
  }

  #listen({ stream, id, isBidi }: AuthorisedStream): void {
    const { onlooker, receiverHost } = this.context;
    if (isBidi && receiverHost !== undefined) {
      const receiver = new Receiver(stream, () => id, receiverHost);
      receiver.trust({ from: this.pair.to, to: this.pair.from });
      stream.onStanza(receiver.take);
      return;
    }
    // The other server sends over streams of its own; what comes here is of its negotiation.
    stream.onStanza((element, raw, atMs) => onlooker?.onElement(element, raw, atMs));
    stream.onClosing((what) => onlooker?.onClosing(what));
  }
}
