import { fullJid, parseJid } from './jid.js';
import type { Rule } from './privacy.js';

/**
 * The addresses that a privacy list blocks: its items of type jid and action deny (XEP-0191 section 5). What is limited to
 * some kinds of stanza is more than a blocklist can say.
 */
export function blockedJids(rules: readonly Rule[]): string[] {
  return rules.flatMap((rule) => {
    const jid = blockedJid(rule);
    return jid === undefined ? [] : [jid];
  });
}

/**
 * The privacy list that blocks these addresses and otherwise says what it said before: new ones come first (XEP-0191
 * section 5), those that are not wanted any more go, and the rest stays in order.
 */
export function listBlocking(rules: readonly Rule[], jids: readonly string[]): readonly Rule[] {
  const former = new Set(blockedJids(rules));
  const wanted = new Set(jids);
  const kept = [...rules]
    .sort((one, other) => one.order - other.order)
    .filter((rule) => {
      const jid = blockedJid(rule);
      return jid === undefined || wanted.has(jid);
    });
  const added = [...wanted].filter((jid) => !former.has(jid)).flatMap(denial);
  return [...added, ...kept].map((rule, index) => ({ ...rule, order: index + 1 }));
}

/** The rule that stops all from and to the address; none where the text is no JID. */
export function denial(jid: string): Rule[] {
  const parsed = parseJid(jid);
  if (parsed === undefined) return [];
  return [{ subject: { type: 'jid', jid: parsed }, action: 'deny', order: 1, granules: [] }];
}

function blockedJid({ subject, action, granules }: Rule): string | undefined {
  if (subject.type !== 'jid' || action !== 'deny' || granules.length > 0) return undefined;
  return fullJid(subject.jid);
}
