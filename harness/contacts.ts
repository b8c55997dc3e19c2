import type { ComponentConfig } from './config.js';
import type { Federation } from './federation.js';
import { ContactHost } from './party/contact.js';
import { openComponent } from './wire/component.js';
import type { Endpoint } from './wire/endpoint.js';
import { where } from './wire/failure.js';
import type { Recorder } from './wire/transcript.js';

/** Where the contacts are to live. */
export type ContactSource =
  | { readonly by: 'component'; readonly component: ComponentConfig }
  | {
      readonly by: 's2s';
      readonly federation: Federation;
      /** Where the target listens for servers. */
      readonly endpoint: Omit<Endpoint, 'tls' | 'identity'>;
    };

/** Why contacts can't be played when nothing was given for them. */
export const NO_CONTACTS =
  'neither a component nor federation was asked for to play remote contacts; give --component, --component-domain and --component-secret, or --s2s';

/** The contacts' host, and what to tell of it. */
export interface OpenedContacts {
  readonly host: ContactHost;
  /** A sentence. */
  readonly finding: string;
}

/** What opening needs besides the source. */
export interface OpeningContext {
  /** The target's domain. */
  readonly domain: string;
  readonly timeoutMs: number;
}

const discard: Recorder = () => {};

/**
 * Connects the contacts with the target, both directions.
 * @throws TargetError with one sentence: what, where, what to do
 */
export async function openContacts(source: ContactSource, context: OpeningContext): Promise<OpenedContacts> {
  const { timeoutMs, domain } = context;
  if (source.by === 'component') {
    const { component } = source;
    const stream = await openComponent({ ...component, timeoutMs, record: discard });
    return {
      host: new ContactHost(component.domain, stream),
      finding: `Remote contacts live at ${component.domain}, a component connected at ${where(component)}.`,
    };
  }
  const { federation, endpoint } = source;
  const { server, responder } = federation;
  const isSecured = await server.federate({ domain, endpoint, timeoutMs });
  const security = isSecured ? 'TLS' : 'no TLS offered';
  const names =
    responder === undefined ? '' : `, found through the DNS responder at ${where(responder.address)}`;
  return {
    host: new ContactHost(server.domain, server),
    finding: `Remote contacts live at ${server.domain}, a server at ${where(server.address)}${names}; it federates with ${where(endpoint)} by dialback, ${security}, ${server.hasBidi ? 'streams for both directions' : 'one stream in each direction'}.`,
  };
}
