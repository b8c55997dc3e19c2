import { expect } from 'chai';
import { type Element, elements, NS } from '../../wire/element.js';
import { Accounts } from '../accounts.js';
import { policyOf } from '../deviations.js';
import type { Mode } from '../policy.js';
import { RawClient } from '../raw-client.support.test.js';
import type { PeerScript, RawPeer } from '../s2s/raw-peer.support.test.js';
import { type NameService, nameResolver, type Resolve } from '../s2s/resolve.js';
import { AWAY, conditionOf, HOME, hasId, Stage } from '../s2s/stage.support.test.js';
import type { Reference } from '../server.js';
import { FEDERATION_FAULTS } from './federation.js';
import { FAULTS } from './index.js';

const MODES: readonly Mode[] = ['rfc3921', 'rfc6121'];
const ROMEO = `romeo@${HOME}`;
const JULIET = `juliet@${AWAY}/balcony`;

type Observe = (stage: Stage) => Promise<string>;

/** What shows a fault: the same exchange, and what comes of it without and with the fault. */
interface Difference {
  readonly observe: Observe;
  readonly sound: string;
  readonly faulty: string;
}

/** Whether the server still answers on a stream, or how it has ended it. */
async function fate(stream: RawClient): Promise<string> {
  stream.send(`<db:verify from='${AWAY}' to='${HOME}' id='fence'>no key</db:verify>`);
  const end = await stream.next(
    ({ ns, name }) => (ns === NS.dialback && name === 'verify') || ['error', 'end'].includes(name),
  );
  return end.name === 'verify' ? 'goes on' : end.name === 'error' ? conditionOf(end) : 'ends';
}

/** Sends a stanza on a stream, proved or not, and tells whether the user gets it and how the stream fares. */
function sends(attrs: string, proved: boolean): Observe {
  return async (stage) => {
    const { peer, server, romeo } = await stage.both();
    const stream = proved ? await peer.proved(server) : await peer.dial(server);
    if (!proved) await stream.next(({ name }) => name === 'features');
    stream.send(`<message ${attrs} id='m1'><body>Hist!</body></message>`);
    const ending = await fate(stream);
    const got = (await romeo.settled()).some(hasId('m1'));
    return `${got ? 'delivered' : 'withheld'}, ${ending}`;
  };
}

/** Sends a stanza for a domain elsewhere on a proved stream, and tells what becomes of it. */
const relays: Observe = async (stage) => {
  const { peer, server } = await stage.both();
  const stream = await peer.proved(server);
  stream.send(`<message from='${JULIET}' to='who@elsewhere.test' id='m1'><body>Hist!</body></message>`);
  const ending = await fate(stream);
  if (ending !== 'goes on') return ending;
  if (stage.faults.includes('federation/foreign-recipient-ignored')) return 'ignored';
  await peer.stanza('m1');
  return 'relayed';
};

/** Sends a key, and tells what is answered and how the stream fares. */
function proves(script: Partial<PeerScript>): Observe {
  return async (stage) => {
    const { peer, server } = await stage.both(script);
    const stream = await peer.dial(server);
    const answer = await peer.prove(stream, AWAY, HOME);
    const said = answer.name === 'error' ? conditionOf(answer) : (answer.attrs.type ?? '');
    return `${said}, ${answer.name === 'error' ? 'ends' : await fate(stream)}`;
  };
}

/** Has the server send a key, and asks it about that key. */
function asks(about: { key?: string; id?: string; from?: string }): Observe {
  return async (stage) => {
    const { peer, server, romeo } = await stage.both();
    romeo.send(`<message to='${JULIET}' id='m1'><body>Hist!</body></message>`);
    const sent = await peer.next(({ element }) => element.ns === NS.dialback && element.name === 'result');
    const key = about.key ?? sent.element.children.join('');
    const { id = `stream-${sent.stream}`, from = AWAY } = about;
    const stream = await peer.dial(server, `to='${HOME}' version='1.0'`);
    stream.send(`<db:verify from='${from}' to='${HOME}' id='${id}'>${key}</db:verify>`);
    return (await stream.next(({ name }) => name === 'verify')).attrs.type ?? '';
  };
}

/** Sends three messages to a server that no stream leads to, and tells which arrive in what order. */
const cold: Observe = async (stage) => {
  const { peer, romeo } = await stage.both();
  romeo.send(['m1', 'm2', 'm3'].map((id) => `<message to='${JULIET}' id='${id}'/>`).join(''));
  await romeo.settled();
  await peer.next(({ element }) => element.ns === NS.server && element.name === 'message');
  romeo.send(`<message to='${JULIET}' id='m4'><body>-</body></message>`);
  await peer.stanza('m4');
  const messages = peer.received.filter(({ element }) => element.name === 'message');
  return messages.map(({ element }) => element.attrs.id).join(' ');
};

/** The sender of a message as another server sees it. */
const sender: Observe = async (stage) => {
  const { peer, romeo } = await stage.both();
  romeo.send(`<message to='${JULIET}' id='m1'><body>-</body></message>`);
  return (await peer.stanza('m1')).element.attrs.from ?? 'none';
};

/** The error for a message to another server. */
function errs(script: Partial<PeerScript>, resolve?: Resolve): Observe {
  return async (stage) => {
    const peer = await stage.peer(script);
    const server = await stage.server(resolve ?? peer.resolve);
    const romeo = await RawClient.login(server, 'romeo', 'orchard');
    romeo.send(`<presence/><message to='${JULIET}' id='m1'><body>-</body></message>`);
    const untold = stage.faults.some((id) => id.endsWith('-untold'));
    if (!untold) return conditionOf(await romeo.next(hasId('m1')));
    // The stream that fails has ended before the server hears of the second message.
    if (resolve === undefined) await peer.next(({ element }) => element.name === 'end');
    return (await romeo.settled()).some(hasId('m1')) ? 'told' : 'nothing';
  };
}

/** The names that are looked up for a message, and the addresses found. */
function looksUp(zone: Partial<NameService>, domain: string = AWAY): Observe {
  return async ({ mode, faults }) => {
    const asked: string[] = [];
    const policy = policyOf(mode, faults, FEDERATION_FAULTS, new Accounts(HOME));
    const nothing = () => Promise.reject(new Error('ENOTFOUND'));
    const resolve = nameResolver(mode, policy.federation, {
      srv: (name) => {
        asked.push(name.replace(`.${domain}`, ''));
        return (zone.srv ?? nothing)(name);
      },
      addresses: (name) => (zone.addresses ?? nothing)(name),
    });
    const found = await resolve(domain, 'message');
    return `${asked.join(' ')}: ${found.map(({ host, port }) => `${host}:${port}`).join(' ')}`;
  };
}

/** Makes juliet a contact whose presence the user sees, and who sees the user's. */
async function befriend(peer: RawPeer, server: Reference, romeo: RawClient): Promise<RawClient> {
  const stream = await peer.proved(server);
  const juliet = `juliet@${AWAY}`;
  romeo.send(`<presence to='${juliet}' type='subscribe'/>`);
  await peer.next(({ element }) => element.attrs.type === 'subscribe');
  stream.send(
    `<presence from='${juliet}' to='${ROMEO}' type='subscribed'/><presence from='${juliet}' to='${ROMEO}' type='subscribe'/>`,
  );
  await romeo.next(({ attrs }) => attrs.type === 'subscribe');
  romeo.send(`<presence to='${juliet}' type='subscribed'/>`);
  await peer.next(({ element }) => element.attrs.type === 'subscribed');
  return stream;
}

/**
 * Which types of presence another server gets when a user who sees a contact there leaves, or comes again.
 * @param answer what the contact's server has sent before
 */
function comesAndGoes(wanted: 'probe' | 'unavailable', answer?: 'unsubscribed' | 'error'): Observe {
  return async (stage) => {
    const { peer, server, romeo } = await stage.both();
    const stream = await befriend(peer, server, romeo);
    if (answer !== undefined) {
      stream.send(`<presence from='juliet@${AWAY}' to='${ROMEO}' type='${answer}'/>`);
      await romeo.next(({ attrs }) => attrs.type === answer);
    }
    const before = peer.received.length;
    romeo.send(`<presence type='unavailable'/><presence/><message to='${JULIET}' id='fence'/>`);
    await peer.stanza('fence');
    const types = peer.received.slice(before).map(({ element }) => element.attrs.type);
    return types.includes(wanted) ? 'sent' : 'not sent';
  };
}

const strangerProbes: Observe = async (stage) => {
  const { peer, server } = await stage.both();
  const stream = await peer.proved(server);
  stream.send(`<presence from='${JULIET}' to='${ROMEO}' type='probe'/>`);
  const isAnswer = ({ element }: { element: Element }) =>
    element.name === 'presence' && element.attrs.to === JULIET;
  const { element } = await peer.next(isAnswer);
  return element.attrs.type === undefined ? 'told' : 'refused';
};

/** Whether a user gets what is sent to the own resource after a message to another domain. */
const NEARBY: Observe = async (stage) => {
  const { romeo } = await stage.both();
  romeo.send(`<message to='${JULIET}' id='m1'/><message to='${ROMEO}/orchard' id='m2'/>`);
  return (await romeo.settled()).some(hasId('m2')) ? 'delivered' : 'nothing';
};

/** Has a user of another server ask for something that is the user's own affair, and tells what the user gets to see then. */
function meddles({ own, foreign, see }: { own?: string; foreign: string; see: string }): Observe {
  return async (stage) => {
    const { peer, server, romeo } = await stage.both();
    const stream = await peer.proved(server);
    if (own !== undefined) {
      romeo.send(`<iq type='set' id='own'>${own}</iq>`);
      await romeo.next(hasId('own'));
    }
    stream.send(`<iq from='${JULIET}' to='${ROMEO}' type='set' id='i1'>${foreign}</iq>`);
    await peer.stanza('i1');
    romeo.send(`<iq type='get' id='see'>${see}</iq>`);
    const { attrs, children } = await romeo.next(hasId('see'));
    const items = children.flatMap((found) => (typeof found === 'string' ? [] : elements(found)));
    return `${attrs.type}, ${items.map(({ attrs: { jid, name } }) => jid ?? name).join(' ')}`;
  };
}

/** What a user of another server is answered who asks for the roster. */
const READS: Observe = async (stage) => {
  const { peer, server } = await stage.both();
  const stream = await peer.proved(server);
  stream.send(`<iq from='${JULIET}' to='${ROMEO}' type='get' id='i1'><query xmlns='${NS.roster}'/></iq>`);
  return (await peer.stanza('i1')).element.attrs.type ?? '';
};

/** From whom a client gets what looks like a push and comes from a contact. */
const PUSHES: Observe = async (stage) => {
  const { peer, server, romeo } = await stage.both();
  const stream = await befriend(peer, server, romeo);
  stream.send(
    `<iq from='${JULIET}' to='${ROMEO}/orchard' type='set' id='i1'><query xmlns='${NS.roster}'><item jid='paris@${AWAY}'/></query></iq>`,
  );
  return (await romeo.next(hasId('i1'))).attrs.from ?? 'nobody';
};

const FURTHER: Observe = async (stage) => {
  const { peer, server } = await stage.both();
  const stream = await peer.proved(server);
  const answer = await peer.prove(stream, `rooms.${AWAY}`, HOME);
  return answer.attrs.type === 'valid' ? 'taken' : 'refused';
};

const UNSOLICITED: Observe = async (stage) => {
  const { peer, server, romeo } = await stage.both();
  const stream = await peer.dial(server);
  stream.send(`<db:result from='${AWAY}' to='${HOME}' type='valid'/>`);
  stream.send(`<message from='${JULIET}' to='${ROMEO}/orchard' id='m1'/>`);
  await fate(stream);
  return (await romeo.settled()).some(hasId('m1')) ? 'delivered' : 'withheld';
};

/** The domain that a key names when a message goes to a subdomain of one that a stream leads to. */
const SUBDOMAIN: Observe = async (stage) => {
  const { peer, romeo } = await stage.both();
  romeo.send(`<message to='${JULIET}' id='m1'/><message to='all@rooms.${AWAY}' id='m2'/>`);
  await peer.stanza('m2');
  const keys = peer.received.filter(({ element: { ns, name } }) => ns === NS.dialback && name === 'result');
  return keys.map(({ element }) => element.attrs.to).join(' ');
};

/** Whether a stanza comes to a server that does not answer the key. */
const NO_RESULT: Observe = async (stage) => {
  const { peer, server, romeo } = await stage.both({ result: () => '' });
  romeo.send(`<message to='${JULIET}' id='m1'/>`);
  await peer.next(({ element }) => element.name === 'result');
  if (stage.faults.length > 0) await peer.stanza('m1');
  // The server stops, and with it all that it would have sent.
  await server.close();
  return peer.received.some(({ element }) => element.attrs.id === 'm1') ? 'sent' : 'held back';
};

const DENIES: Partial<PeerScript> = {
  verify: ({ attrs }) => `<db:verify from='${attrs.to}' to='${attrs.from}' id='${attrs.id}' type='invalid'/>`,
};
const REFUSES: Partial<PeerScript> = {
  result: ({ attrs }) => `<db:result from='${attrs.to}' to='${attrs.from}' type='invalid'/>`,
};
const HANGS_UP: Partial<PeerScript> = { greet: () => '</stream:stream>' };
const UNSOUND_NAME: Resolve = () => Promise.resolve([]);
const closedPort: Resolve = () => Promise.resolve([{ host: '127.0.0.1', port: 1 }]);
const address: Partial<NameService> = { addresses: () => Promise.resolve(['10.0.0.9']) };
const record = (name: string, priority: number) => ({ name, port: 7000 + priority, priority, weight: 0 });
const records: Partial<NameService> = {
  srv: (name) =>
    name.startsWith('_xmpp-server') || name.startsWith('_im')
      ? Promise.resolve([record('10.0.0.1', 1), record('10.0.0.2', 2)])
      : Promise.reject(new Error('ENOTFOUND')),
  ...address,
};
const onlyIm: Partial<NameService> = {
  srv: (name) =>
    name.startsWith('_im')
      ? Promise.resolve([record('10.0.0.3', 3)])
      : Promise.reject(new Error('ENOTFOUND')),
  ...address,
};

const FROM = `from='${JULIET}'`;
const TO = `to='${ROMEO}/orchard'`;
const SPOOFED = `from='tybalt@elsewhere.test' ${TO}`;

/** By fault; where the modes differ, by mode below the id. */
const DIFFERENCES: Readonly<Record<string, Difference | Readonly<Record<Mode, Difference>>>> = {
  'federation/unverified-accepted': {
    rfc3921: {
      observe: sends(`${FROM} ${TO}`, false),
      sound: 'withheld, goes on',
      faulty: 'delivered, goes on',
    },
    rfc6121: {
      observe: sends(`${FROM} ${TO}`, false),
      sound: 'withheld, not-authorized',
      faulty: 'delivered, goes on',
    },
  },
  'federation/unverified-ignored': {
    observe: sends(`${FROM} ${TO}`, false),
    sound: 'withheld, not-authorized',
    faulty: 'withheld, goes on',
  },
  'federation/spoofed-sender-accepted': {
    observe: sends(SPOOFED, true),
    sound: 'withheld, invalid-from',
    faulty: 'delivered, goes on',
  },
  'federation/spoofed-sender-ignored': {
    observe: sends(SPOOFED, true),
    sound: 'withheld, invalid-from',
    faulty: 'withheld, goes on',
  },
  'federation/spoofed-sender-misnamed': {
    observe: sends(SPOOFED, true),
    sound: 'withheld, invalid-from',
    faulty: 'withheld, not-authorized',
  },
  'federation/foreign-recipient-relayed': { observe: relays, sound: 'host-unknown', faulty: 'relayed' },
  'federation/foreign-recipient-ignored': { observe: relays, sound: 'host-unknown', faulty: 'ignored' },
  'federation/unaddressed-ignored': {
    observe: sends(TO, true),
    sound: 'withheld, improper-addressing',
    faulty: 'withheld, goes on',
  },
  'federation/unaddressed-accepted': {
    observe: sends(TO, true),
    sound: 'withheld, improper-addressing',
    faulty: 'delivered, goes on',
  },
  'federation/keys-never-verified': {
    observe: proves(DENIES),
    sound: 'invalid, ends',
    faulty: 'valid, goes on',
  },
  'federation/denied-key-taken': {
    observe: proves(DENIES),
    sound: 'invalid, ends',
    faulty: 'valid, goes on',
  },
  'federation/unanswered-key-taken': {
    rfc3921: { observe: proves(HANGS_UP), sound: 'remote-connection-failed, ends', faulty: 'valid, goes on' },
    rfc6121: { observe: proves(HANGS_UP), sound: 'error, goes on', faulty: 'valid, goes on' },
  },
  'federation/invalid-stream-kept': {
    observe: proves(DENIES),
    sound: 'invalid, ends',
    faulty: 'invalid, goes on',
  },
  'federation/unsolicited-result-believed': { observe: UNSOLICITED, sound: 'withheld', faulty: 'delivered' },
  'federation/any-key-vouched-for': { observe: asks({ key: 'wrong' }), sound: 'invalid', faulty: 'valid' },
  'federation/key-without-stream-id': { observe: asks({ id: 'other' }), sound: 'invalid', faulty: 'valid' },
  'federation/key-without-domains': {
    observe: asks({ from: 'else.test' }),
    sound: 'invalid',
    faulty: 'valid',
  },
  'federation/further-pairs-refused': { observe: FURTHER, sound: 'taken', faulty: 'refused' },
  'federation/further-pairs-fatal': { observe: FURTHER, sound: 'taken', faulty: 'refused' },
  'federation/unreachable-untold': {
    observe: errs(HANGS_UP),
    sound: 'remote-server-timeout',
    faulty: 'nothing',
  },
  'federation/refused-untold': { observe: errs(REFUSES), sound: 'internal-server-error', faulty: 'nothing' },
  'federation/refused-misnamed': {
    observe: errs(REFUSES),
    sound: 'internal-server-error',
    faulty: 'remote-server-not-found',
  },
  'federation/unresolved-misnamed': {
    observe: errs({}, UNSOUND_NAME),
    sound: 'remote-server-not-found',
    faulty: 'remote-server-timeout',
  },
  'federation/unreachable-misnamed': {
    observe: errs({}, closedPort),
    sound: 'remote-server-timeout',
    faulty: 'remote-server-not-found',
  },
  'federation/cold-order-lost': { observe: cold, sound: 'm1 m2 m3 m4', faulty: 'm3 m2 m1 m4' },
  'federation/cold-first-lost': { observe: cold, sound: 'm1 m2 m3 m4', faulty: 'm2 m3 m4' },
  'federation/cold-rest-lost': { observe: cold, sound: 'm1 m2 m3 m4', faulty: 'm1 m4' },
  'federation/result-not-awaited': { observe: NO_RESULT, sound: 'held back', faulty: 'sent' },
  'federation/sender-missing': { observe: sender, sound: `${ROMEO}/orchard`, faulty: 'none' },
  'federation/sender-bare': { observe: sender, sound: `${ROMEO}/orchard`, faulty: ROMEO },
  'federation/sender-of-other-domain': {
    observe: sender,
    sound: `${ROMEO}/orchard`,
    faulty: `romeo@im.${HOME}`,
  },
  'federation/subdomain-not-verified': { observe: SUBDOMAIN, sound: `${AWAY} rooms.${AWAY}`, faulty: AWAY },
  'federation/srv-not-asked': {
    observe: looksUp(records, `deep.${AWAY}`),
    sound: '_xmpp-server._tcp: 10.0.0.1:7001 10.0.0.2:7002',
    faulty: ': 10.0.0.9:5269',
  },
  'federation/im-and-pres-first': {
    observe: looksUp(records),
    sound: '_xmpp-server._tcp: 10.0.0.1:7001 10.0.0.2:7002',
    faulty: '_im._xmpp: 10.0.0.1:7001 10.0.0.2:7002',
  },
  'federation/im-and-pres-not-asked': {
    observe: looksUp(onlyIm),
    sound: '_xmpp-server._tcp _im._xmpp: 10.0.0.3:7003',
    faulty: '_xmpp-server._tcp: 10.0.0.9:5269',
  },
  'federation/no-address-fallback': {
    rfc3921: {
      observe: looksUp(address),
      sound: '_xmpp-server._tcp _im._xmpp: 10.0.0.9:5269',
      faulty: '_xmpp-server._tcp _im._xmpp: ',
    },
    rfc6121: {
      observe: looksUp(address),
      sound: '_xmpp-server._tcp: 10.0.0.9:5269',
      faulty: '_xmpp-server._tcp: ',
    },
  },
  'federation/address-after-srv': {
    observe: looksUp(records),
    sound: '_xmpp-server._tcp: 10.0.0.1:7001 10.0.0.2:7002',
    faulty: '_xmpp-server._tcp: 10.0.0.1:7001 10.0.0.2:7002 10.0.0.9:5269',
  },
  'federation/contacts-not-probed': { observe: comesAndGoes('probe'), sound: 'sent', faulty: 'not sent' },
  'federation/farewell-kept-home': {
    observe: comesAndGoes('unavailable'),
    sound: 'sent',
    faulty: 'not sent',
  },
  'federation/second-domain-waits': { observe: NEARBY, sound: 'delivered', faulty: 'nothing' },
  'federation/forgotten-still-probed': {
    observe: comesAndGoes('probe', 'unsubscribed'),
    sound: 'not sent',
    faulty: 'sent',
  },
  'federation/error-ends-probes': {
    observe: comesAndGoes('probe', 'error'),
    sound: 'sent',
    faulty: 'not sent',
  },
  'federation/roster-read-from-abroad': { observe: READS, sound: 'error', faulty: 'result' },
  'federation/roster-set-from-abroad': {
    observe: meddles({
      foreign: `<query xmlns='${NS.roster}'><item jid='paris@${AWAY}' subscription='both'/></query>`,
      see: `<query xmlns='${NS.roster}'/>`,
    }),
    sound: 'result, ',
    faulty: `result, paris@${AWAY}`,
  },
  'federation/roster-set-without-sender': { observe: PUSHES, sound: JULIET, faulty: 'nobody' },
  'federation/lists-set-from-abroad': {
    observe: meddles({
      own: `<query xmlns='${NS.privacy}'><list name='quarrel'><item action='allow' order='1'/></list></query>`,
      foreign: `<query xmlns='${NS.privacy}'><list name='quarrel'/></query>`,
      see: `<query xmlns='${NS.privacy}'/>`,
    }),
    sound: 'result, quarrel',
    faulty: 'result, ',
  },
  'federation/blocks-set-from-abroad': {
    observe: meddles({
      own: `<block xmlns='${NS.blocking}'><item jid='tybalt@${AWAY}'/></block>`,
      foreign: `<unblock xmlns='${NS.blocking}'/>`,
      see: `<blocklist xmlns='${NS.blocking}'/>`,
    }),
    sound: `result, tybalt@${AWAY}`,
    faulty: 'result, ',
  },
  'federation/strangers-told': { observe: strangerProbes, sound: 'refused', faulty: 'told' },
};

describe('the faults of federation', () => {
  let stage: Stage | undefined;
  afterEach(() => stage?.end());

  it('have ids of their own, and name a clause of each mode that they apply to', () => {
    const ids = FAULTS.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).to.deep.equal([]);
    const documents: Readonly<Record<Mode, RegExp>> = {
      rfc3921: /^(rfc3920|rfc3921):/,
      rfc6121: /^(rfc6120|rfc6121|xep0220):/,
    };
    for (const { id, breaks, specs } of FEDERATION_FAULTS) {
      for (const mode of specs ?? MODES) {
        expect(
          breaks.some((clause) => documents[mode].test(clause)),
          `${id} in ${mode}`,
        ).to.equal(true);
      }
      for (const clause of breaks) expect(clause).to.match(/^\w+:[\dA.]+\/[\w/-]+$/);
    }
  });

  for (const { id, title, specs } of FEDERATION_FAULTS) {
    for (const mode of specs ?? MODES) {
      it(`${id} (${mode}): ${title}`, async () => {
        const entry = DIFFERENCES[id];
        if (entry === undefined) throw new Error(`Nothing shows the difference that ${id} makes.`);
        const { observe, sound, faulty } = 'observe' in entry ? entry : entry[mode];
        stage = new Stage(mode);
        expect(await observe(stage)).to.equal(sound);
        await stage.end();
        stage = new Stage(mode, [id]);
        expect(await observe(stage)).to.equal(faulty);
      });
    }
  }
});
