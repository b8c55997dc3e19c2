import type { ClientStream } from './wire/client.js';
import { element, NS, serialize } from './wire/element.js';

const QUERY_ID = 'feature-privacy';

/**
 * Whether the target keeps privacy lists for the user: a request for their names is answered with a result
 * (RFC 3921 10.3). Service discovery does not tell: RFC 3921 does not ask for it.
 * @param stream on which nothing else is asked meanwhile
 */
export function offersPrivacyLists(
  stream: Pick<ClientStream, 'send' | 'onStanza' | 'onEnd'>,
  timeoutMs: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    const decide = (offered: boolean) => {
      clearTimeout(timer);
      resolve(offered);
    };
    stream.onStanza(({ name, attrs }) => {
      if (name === 'iq' && attrs.id === QUERY_ID) decide(attrs.type === 'result');
    });
    stream.onEnd(() => decide(false));
    const query = element('iq', NS.client, { type: 'get', id: QUERY_ID }, [element('query', NS.privacy)]);
    stream.send(serialize(query, NS.client));
  });
}
