import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startFederation } from './federation.js';
import { packageRoot } from './paths.js';
import { type Reference, startReference } from './reference/server.js';
import { faultsIn, readReports } from './report.support.test.js';
import { where } from './wire/failure.js';
import { type Answer, type FakeServer, startFake } from './wire/fake-server.support.test.js';
import { freePorts } from './wire/prosody.support.test.js';

const HEADER =
  "<stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' xmlns:stream='http://etherx.jabber.org/streams' id='7' from='embedded.test' version='1.0'>";
const CALLS_INVALID = "<db:result from='embedded.test' to='remote.test' type='invalid'/>";

/** What a port for servers may be like, and what the run says of it. */
const HOSTILE: readonly (readonly [string, () => (number: number, socket: Socket) => Answer, RegExp])[] = [
  ['hangs', () => () => () => undefined, /did not send a stream header within 500 ms/],
  [
    'resets each connection',
    () => (_number, socket) => () => {
      socket.resetAndDestroy();
      return undefined;
    },
    /ECONNRESET|dropped the connection/,
  ],
  ['sends garbage', () => () => () => '\u0000\u0001<<<>>>', /--s2s names its port for servers/],
  [
    'breaks off the handshake of TLS',
    () => () => {
      const left = [
        `${HEADER}<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>`,
        "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        'no handshake',
      ];
      return () => left.shift();
    },
    /TLS/,
  ],
  [
    'calls the key invalid',
    () => () => {
      const left = [`${HEADER}<stream:features/>`, CALLS_INVALID];
      return () => left.shift();
    },
    /does not accept remote\.test .*dialback says invalid/,
  ],
];

describe('xmpp-conform --s2s, with a target whose port for servers', () => {
  let folder: string;
  let server: Reference;
  let fake: FakeServer | undefined;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-federation-'));
    server = await startReference({ spec: 'rfc6121', domain: 'embedded.test', s2s: {} });
  });
  afterEach(async () => {
    await fake?.stop();
    fake = undefined;
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** Runs against that port; the reports must be complete, and tell why there is nothing in them, in one sentence. */
  async function judge(port: number, ...trust: string[]): Promise<string> {
    const [dns] = await freePorts(1);
    const cli = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', join(packageRoot(), 'harness', 'cli.ts')],
        ...['--target', `127.0.0.1:${server.port}`, '--domain', 'embedded.test', ...trust],
        ...['--s2s', `127.0.0.1:${port}`, '--dns', String(dns), '--timeout', '500'],
        ...['--only', 'federation/*', '--output', folder],
      ],
      { stdio: ['ignore', 'ignore', 'ignore'] },
    );
    const [status] = (await once(cli, 'exit')) as [number];
    expect(status).to.equal(2);
    const reports = readReports(folder);
    expect(faultsIn(reports)).to.deep.equal([]);
    const { interrupted, cases } = JSON.parse(reports.json) as { interrupted: string; cases: unknown[] };
    expect(cases).to.deep.equal([]);
    expect(interrupted.split('\n')).to.have.length(1);
    return interrupted;
  }

  for (const [how, connection, says] of HOSTILE) {
    it(`${how}: one sentence, and every report`, async () => {
      fake = await startFake(connection());
      expect(await judge(fake.port, '--insecure')).to.match(says);
    });
  }

  it('presents a certificate that nobody vouches for: one sentence, and every report', async () => {
    const stranger = await startReference({ spec: 'rfc6121', domain: 'embedded.test', s2s: {} });
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, server.ca);
    try {
      expect(await judge(stranger.s2sPort ?? 0, '--ca', ca)).to.match(/certificate/);
    } finally {
      await stranger.close();
    }
  });
});

describe('startFederation', () => {
  it('leads the target to the contacts wherever it listens, and whatever their domain is called', async () => {
    for (const [host, domain] of [
      ['localhost', 'remote.test'],
      ['::1', 'remote.test'],
      ['127.0.0.1', 'bücher.test'],
    ] as const) {
      const federation = await startFederation({
        address: undefined,
        streams: 'two',
        domain,
        listen: { host, port: 0 },
        dns: { host: 'localhost', port: 0 },
      });
      const { server: own, responder } = federation;
      const names = responder === undefined ? [] : [where(responder.address)];
      const target = await startReference({
        spec: 'rfc6121',
        domain: 'embedded.test',
        s2s: { dnsServers: names },
      });
      try {
        const { host: at, s2sPort: port = 0, ca } = target;
        const endpoint = { host: at, port, ca, insecure: false };
        expect(isIP(own.address.host)).not.to.equal(0);
        expect(await own.federate({ domain: 'embedded.test', endpoint, timeoutMs: 3000 })).to.equal(true);
      } finally {
        await federation.close();
        await target.close();
      }
    }
  });
});
