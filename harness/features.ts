import type { ClientStream } from './wire/client.js';
import { child, type Element, element, elements, NS, serialize } from './wire/element.js';

const DISCO_INFO = 'http://jabber.org/protocol/disco#info';
const VERSION = 'jabber:iq:version';

/** Characters of a name and version that are worth keeping. */
const MAX_SOFTWARE = 100;

/** As much of a stream as asking needs. */
type Askable = Pick<ClientStream, 'send' | 'onStanza' | 'onEnd'>;

/**
 * Whether the target keeps privacy lists for the user: a request for their names is answered with a result
 * (RFC 3921 10.3). Service discovery does not tell: RFC 3921 does not ask for it.
 * @param stream on which nothing else is asked meanwhile
 */
export async function offersPrivacyLists(stream: Askable, timeoutMs: number): Promise<boolean> {
  const query = element('query', NS.privacy);
  const answer = await ask(stream, { id: 'feature-privacy' }, query, timeoutMs);
  return answer?.attrs.type === 'result';
}

/**
 * Whether the target has the blocking command: the server's own features name it (XEP-0191 3.1).
 * @param stream on which nothing else is asked meanwhile
 */
export async function offersBlocking(stream: Askable, domain: string, timeoutMs: number): Promise<boolean> {
  const query = element('query', DISCO_INFO);
  const answer = await ask(stream, { id: 'feature-blocking', to: domain }, query, timeoutMs);
  return (
    answer?.attrs.type === 'result' &&
    elements(answer)
      .flatMap(elements)
      .some(({ name, ns, attrs }) => name === 'feature' && ns === DISCO_INFO && attrs.var === NS.blocking)
  );
}

/**
 * What the server's software calls itself, with its version (XEP-0092): `Prosody 0.12.3`; empty where it doesn't say.
 * @param stream on which nothing else is asked meanwhile
 */
export async function softwareOf(stream: Askable, domain: string, timeoutMs: number): Promise<string> {
  const query = element('query', VERSION);
  const answer = await ask(stream, { id: 'feature-version', to: domain }, query, timeoutMs);
  if (answer?.attrs.type !== 'result') return '';
  const payload = child(answer, 'query', VERSION);
  const told = (name: string) => (payload === undefined ? '' : textOf(child(payload, name, VERSION)));
  return [told('name'), told('version')]
    .filter((text) => text !== '')
    .join(' ')
    .slice(0, MAX_SOFTWARE);
}

function textOf(node: Element | undefined): string {
  const texts = node?.children.filter((part) => typeof part === 'string') ?? [];
  return texts.join('').replace(/\s+/g, ' ').trim();
}

/** The answer to an IQ get; undefined when the stream ends or the time is over before it. */
function ask(
  stream: Askable,
  attrs: { readonly id: string; readonly to?: string },
  query: Element,
  timeoutMs: number,
): Promise<Element | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    const decide = (answer: Element | undefined) => {
      clearTimeout(timer);
      resolve(answer);
    };
    stream.onStanza((stanza) => {
      if (stanza.name === 'iq' && stanza.attrs.id === attrs.id) decide(stanza);
    });
    stream.onEnd(() => decide(undefined));
    stream.send(serialize(element('iq', NS.client, { ...attrs, type: 'get' }, [query]), NS.client));
  });
}
