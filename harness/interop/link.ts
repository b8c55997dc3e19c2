import type { Home } from '../play/world.js';
import type { ClientStream } from '../wire/client.js';
import { child, type Element, element, NS, serialize } from '../wire/element.js';
import { describeError, TargetError } from '../wire/failure.js';

/** An end of the link, with a user who is there. */
interface Voice {
  readonly home: Home;
  readonly stream: ClientStream;
}

/**
 * Opens the link between two servers in both directions, so that no case waits for a cold one: a user of each has to be reached by
 * the other.
 * @param patienceMs longest wait for each direction
 * @throws TargetError with one sentence: which direction doesn't work, what came instead, what to do
 */
export async function warmLink(one: Home, other: Home, patienceMs: number): Promise<void> {
  const voices: Voice[] = [];
  try {
    for (const home of [one, other]) voices.push({ home, stream: await enter(home) });
    const [first, second] = voices;
    if (first === undefined || second === undefined) return;
    // Not both at once: dialback of one direction needs the other one's server, not its stream.
    await reach(first, second, patienceMs);
    await reach(second, first, patienceMs);
  } finally {
    for (const { stream } of voices) stream.cut();
  }
}

async function enter(home: Home): Promise<ClientStream> {
  const stream = await home.logIn(await home.account('link'), 'link', () => {});
  stream.send(serialize(element('presence', NS.client), NS.client));
  return stream;
}

/** Sends a message, which has to arrive; a presence that was sent before it makes its sender available. */
function reach(from: Voice, to: Voice, patienceMs: number): Promise<void> {
  const id = 'link-1';
  const message = element('message', NS.client, { to: to.stream.jid, type: 'headline', id }, [
    element('body', NS.client, {}, ['Is the link open?']),
  ]);
  const way = `from ${from.home.domain} to ${to.home.domain}`;
  return new Promise((resolve, reject) => {
    const fail = (what: string) => {
      clearTimeout(timer);
      reject(
        new TargetError(
          'stream',
          `No message gets ${way}: ${what}; make both servers find each other by DNS and trust each other's certificate or dialback (docs/interop.md).`,
        ),
      );
    };
    const timer = setTimeout(() => fail(`nothing has come within ${patienceMs} ms`), patienceMs);
    const isOurs = (stanza: Element) => stanza.name === 'message' && stanza.attrs.id === id;
    to.stream.onStanza((stanza) => {
      if (!isOurs(stanza) || stanza.attrs.type === 'error') return;
      clearTimeout(timer);
      resolve();
    });
    from.stream.onStanza((stanza) => {
      if (isOurs(stanza) && stanza.attrs.type === 'error') {
        fail(`it came back as an error (${describeError(child(stanza, 'error') ?? stanza)})`);
      }
    });
    for (const { home, stream } of [from, to]) {
      stream.onEnd((end) => fail(`the stream of a user of ${home.domain} ended, ${end.message}`));
    }
    from.stream.send(serialize(message, NS.client));
  });
}
