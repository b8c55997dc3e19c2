import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { SPECS } from '../verdict/summary.js';
import { TargetError } from '../wire/failure.js';
import type { End } from './result.js';
import { interopStatus } from './result.js';
import { meet, Neighbours, troubles } from './run.support.test.js';

/** Carries bytes between two ports, each late by so many milliseconds, in order. */
class SlowLink {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(port: number, delayMs: number) {
    this.#server = createServer((near) => {
      const far = createConnection({ host: '127.0.0.1', port });
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.setNoDelay(true).on('error', () => undefined);
      }
      const carry = (from: Socket, to: Socket) => {
        from.on('data', (bytes) => setTimeout(() => to.write(bytes), delayMs));
        from.once('close', () => setTimeout(() => to.destroy(), delayMs));
      };
      carry(near, far);
      carry(far, near);
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Each way; silence is judged after less, so that what were not followed over the link would be missed. */
const DELAY_MS = 150;

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

  it('gives no false verdict over a slow link', async () => {
    neighbours = new Neighbours('rfc6121');
    const a = await neighbours.start('a.test');
    const b = await neighbours.start('b.test');
    const links = [a, b].map(({ s2sPort = 0 }) => new SlowLink(s2sPort, DELAY_MS));
    try {
      for (const [index, { domain }] of [a, b].entries()) {
        neighbours.leadTo(domain, (await links[index]?.listen()) ?? 0);
      }
      const only = ['interop/message#bare, chat'];
      const results = await meet(neighbours.party(a), neighbours.party(b), only);
      expect(troubles(results)).to.deep.equal([]);
    } finally {
      for (const link of links) link.close();
    }
  });

  it('says which direction of the link does not work', async () => {
    neighbours = new Neighbours('rfc6121');
    const a = await neighbours.start('a.test');
    const b = await neighbours.start('b.test');
    neighbours.leadTo('b.test', 1);
    const failure = await meet(neighbours.party(a), neighbours.party(b)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(TargetError);
    expect((failure as TargetError).message).to.match(
      /^No message gets from a\.test to b\.test: it came back as an error/,
    );
  });
});
