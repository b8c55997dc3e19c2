import { type Element, NS } from '../../wire/element.js';
import { parseJid } from '../jid.js';
import type { XmlStream } from '../stream.js';
import { inboundFate, type VerifiedPairs } from './fate.js';
import type { FederationHost } from './host.js';

const STANZAS = ['message', 'presence', 'iq'];

/** Whether the element is a stanza, as a stream between servers hands it on. */
export function isStanza({ ns, name }: Element): boolean {
  return ns === NS.client && STANZAS.includes(name);
}

/** Takes a stanza of another server, ignores it, or ends its stream. */
export function takeStanza(
  { router }: FederationHost,
  stream: XmlStream,
  verified: VerifiedPairs,
  stanza: Element,
): void {
  const { mode, federation } = router.world.policy;
  const sound = inboundFate(mode, stanza, verified);
  const to = parseJid(stanza.attrs.to ?? '')?.domain ?? '';
  // A component may have gone since its domain was verified.
  const isGone = sound === 'taken' && !router.hosts(to);
  const fate = federation.inboundFate(isGone ? 'host-unknown' : sound, stanza);
  if (fate === 'taken') router.route(stanza);
  else if (fate !== 'ignored') stream.fail(fate);
}
