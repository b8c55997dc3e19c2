import { expect } from 'chai';
import { UsageError } from '../config.js';
import { SlowLink } from '../slow-link.support.test.js';
import { SPECS } from '../verdict/summary.js';
import type { End } from './result.js';
import { interopStatus } from './result.js';
import { meet, Neighbours, troubles } from './run.support.test.js';

/** Each way. There and back takes longer than the silence that is waited for: only the fence keeps what is under way from being missed. */
const DELAY_MS = 60;

/** What a fault keeps from coming is waited for so long. */
const HASTE_MS = 1000;

describe('runInterop', function () {
  this.timeout(60_000);
  let neighbours: Neighbours;
  afterEach(() => neighbours.end());

  for (const spec of SPECS) {
    it(`finds that two embedded servers agree in every case, both ways (${spec})`, async () => {
      neighbours = new Neighbours(spec);
      const a = await neighbours.start('a.test');
      const b = await neighbours.start('b.test');
      const results = await meet(neighbours.party(a), neighbours.party(b));
      expect(troubles(results)).to.deep.equal([]);
      expect(results.map(({ target, peer }) => [target.name, peer.name])).to.deep.equal([
        ['a.test', 'b.test'],
        ['b.test', 'a.test'],
      ]);
      expect(results[0].cases.length).to.be.at.least(40);
      expect(interopStatus(results)).to.equal(0);
    });
  }

  const FAULTS: readonly {
    readonly fault: string;
    /** The end that has it, and so departs. */
    readonly end: End;
    readonly play: string;
    readonly own: string;
  }[] = [
    {
      fault: 'cell/out/subscribe/none/route',
      end: 'target',
      play: 'interop/requests-crossing',
      own: 'subscription/outbound-subscribe',
    },
    {
      fault: 'cell/in/subscribe/none/deliver',
      end: 'peer',
      play: 'interop/requests-crossing',
      own: 'subscription/inbound-subscribe',
    },
    {
      fault: 'broadcast/update-missing',
      end: 'target',
      play: 'interop/presence-broadcast#both, unavailable presence',
      own: 'presence/broadcast',
    },
    {
      fault: 'stamping/generated-from-full',
      end: 'target',
      play: 'interop/removal#to',
      own: 'subscription/removal',
    },
    {
      fault: 'cell/in/unsubscribe/both/state',
      end: 'peer',
      play: 'interop/subscription-given-up#both',
      own: 'subscription/inbound-unsubscribe',
    },
    {
      fault: 'cell/in/subscribed/none-pending-out/state',
      end: 'target',
      play: 'interop/approved-while-away#the first subscription',
      own: 'subscription/inbound-subscribed',
    },
    {
      fault: 'address/no-account-refused',
      end: 'peer',
      play: 'interop/nobody#request',
      own: 'subscription/no-such-account',
    },
    {
      fault: 'cell/in/subscribed/both/deliver',
      end: 'target',
      play: 'interop/request-repeated#when granted both ways',
      own: 'subscription/inbound-subscribed',
    },
    {
      fault: 'message/several-non-negative/bare/chat',
      end: 'peer',
      play: 'interop/message-several#chat',
      own: 'delivery/message-several-resources',
    },
  ];
  for (const { fault, end, play, own } of FAULTS) {
    it(`attributes ${fault} to the end that has it`, async () => {
      neighbours = new Neighbours('rfc6121');
      const sound = await neighbours.start('sound.test');
      const faulty = await neighbours.start('faulty.test', [fault]);
      const records = [
        await neighbours.recordOf(sound, [own]),
        await neighbours.recordOf(faulty, [own]),
      ] as const;
      const parties = [
        neighbours.party(sound, records[0], HASTE_MS),
        neighbours.party(faulty, records[1], HASTE_MS),
      ] as const;
      const [target, peer] = end === 'peer' ? parties : ([parties[1], parties[0]] as const);
      const [there] = await meet(target, peer, [play]);
      expect(there.cases).to.have.length(1);
      const [first] = there.cases;
      expect(first, JSON.stringify(troubles([there]))).to.deep.include({
        outcome: 'departs',
        departs: [end],
      });
      expect(interopStatus([there])).to.equal(1);
    });
  }

  it('gives no false verdict over a slow link', async function () {
    this.timeout(120_000);
    neighbours = new Neighbours('rfc6121');
    const a = await neighbours.start('a.test');
    const b = await neighbours.start('b.test');
    const links = [a, b].map(({ s2sPort = 0 }) => new SlowLink(s2sPort, DELAY_MS));
    try {
      for (const [index, { domain }] of [a, b].entries()) {
        neighbours.leadTo(domain, (await links[index]?.listen()) ?? 0);
      }
      const only = [
        'interop/subscription-given-up#both',
        'interop/presence-at-log-in#to: sees',
        'interop/message#bare, chat',
        'interop/iq#get by a stranger',
      ];
      const results = await meet(neighbours.party(a), neighbours.party(b), only);
      expect(troubles(results)).to.deep.equal([]);
      expect(results[0].cases).to.have.length(only.length);
    } finally {
      for (const link of links) link.close();
    }
  });

  it('says which direction of the link does not work', async () => {
    neighbours = new Neighbours('rfc6121');
    const a = await neighbours.start('a.test');
    const b = await neighbours.start('b.test');
    neighbours.leadTo('b.test', 1);
    const results = await meet(neighbours.party(a), neighbours.party(b));
    expect(interopStatus(results)).to.equal(2);
    expect(results.map(({ cases }) => cases.length)).to.deep.equal([0, 0]);
    for (const { interrupted } of results) {
      expect(interrupted).to.match(/^No message gets from a\.test to b\.test: it came back as an error/);
    }
  });

  it('takes no record of other software', async () => {
    neighbours = new Neighbours('rfc6121');
    const a = await neighbours.start('a.test');
    const b = await neighbours.start('b.test');
    const record = { file: 'old.json', software: 'Other 1.0', clauses: new Map() };
    const failure = await meet(neighbours.party(a), neighbours.party(b, record)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(UsageError);
    expect((failure as UsageError).message).to.match(
      /^old\.json is of Other 1\.0, but b\.test is xmpp-conform .*: give each server its own record/,
    );
  });
});
