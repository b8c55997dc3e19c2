import type { Config } from '../../harness/config.js';
import { CaseTranscript } from '../../harness/party/case-transcript.js';
import { Arrivals } from '../../harness/party/mailbox.js';
import { runLanes } from '../../harness/schedule.js';
import { openTarget, type Target } from '../../harness/target.js';
import type { CaseResult } from '../../harness/verdict/result.js';
import type { ClientStream } from '../../harness/wire/client.js';
import type { Recorder } from '../../harness/wire/transcript.js';

const discard: Recorder = () => {};

/**
 * Sends again what recorded cases sent, by new accounts, and judges nothing: the least that such a run can cost.
 * A log-in is awaited, and each stream answers once at the end; that is all.
 * @returns how many cases were replayed
 */
export async function replay(config: Config, cases: readonly CaseResult[]): Promise<number> {
  const target = await openTarget(config);
  try {
    await runLanes(
      cases.filter((item) => item.transcript.length > 0),
      config.jobs,
      (item) => replayCase(item, target),
      () => false,
    );
    return cases.length;
  } finally {
    await target.close();
  }
}

async function replayCase(item: CaseResult, target: Target): Promise<void> {
  const streams = new Map<string, ClientStream>();
  const answered: Promise<void>[] = [];
  const names = await newNames(item, target);
  const rename = (text: string) => {
    let renamed = text;
    for (const [before, after] of names.jids) renamed = renamed.replaceAll(before, after);
    return renamed;
  };
  const contacts = new Map(
    [...names.contacts].map(([name, localpart]) => [
      name,
      target.contacts?.contact(name, localpart, new CaseTranscript(), new Arrivals(), () => {}),
    ]),
  );
  for (const entry of item.transcript) {
    if (entry.direction !== 'sent' || (entry.kind !== 'stanza' && entry.kind !== 'fence')) {
      if (entry.direction === 'sent' && entry.xml === '</stream:stream>') {
        streams.get(entry.party)?.cut();
        streams.delete(entry.party);
      }
      continue;
    }
    const contact = contacts.get(entry.party);
    if (contact !== undefined) {
      contact.sendText(rename(entry.xml));
      continue;
    }
    let stream = streams.get(entry.party);
    if (stream === undefined) {
      const [user = '', resource = ''] = entry.party.split('/');
      const account = names.accounts.get(user);
      if (account === undefined) continue;
      stream = await target.logIn(account, resource, discard);
      streams.set(entry.party, stream);
    }
    stream.send(rename(entry.xml));
  }
  for (const stream of streams.values()) {
    answered.push(
      new Promise((resolve) => {
        stream.onStanza((stanza) => {
          if (stanza.attrs.id === 'floor') resolve();
        });
        stream.onEnd(() => resolve());
      }),
    );
    stream.send("<iq type='get' id='floor'><query xmlns='urn:xmpp-conform:fence'/></iq>");
  }
  await Promise.all(answered);
  for (const stream of streams.values()) stream.cut();
  for (const contact of contacts.values()) if (contact !== undefined) target.contacts?.release(contact);
}

/** New accounts and contacts for the recorded ones, and which JIDs stand for which. */
async function newNames(item: CaseResult, target: Target) {
  const accounts = new Map<string, Awaited<ReturnType<Target['account']>>>();
  const contacts = new Map<string, string>();
  const jids = new Map<string, string>();
  for (const { party, direction, xml } of item.transcript) {
    const [user = '', resource] = party.split('/');
    if (resource !== undefined && !accounts.has(user)) {
      const before = /<jid>([^/<]+)\//.exec(xml)?.[1];
      if (before === undefined) continue;
      const account = await target.account(user);
      accounts.set(user, account);
      jids.set(before, account.jid);
    }
    if (resource === undefined && direction === 'sent' && !contacts.has(party)) {
      const before = /\bfrom='([^'/]+)/.exec(xml)?.[1];
      if (before === undefined) continue;
      const localpart = target.contactName(party);
      contacts.set(party, localpart);
      jids.set(before, `${localpart}@${before.slice(before.indexOf('@') + 1)}`);
    }
  }
  return { accounts, contacts, jids };
}
