import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { registerProvisioner } from './accounts/register.js';
import { startEmbedded } from './embedded.js';
import { packageRoot } from './paths.js';
import { openClient } from './wire/client.js';
import { Deadline } from './wire/deadline.js';
import { failed } from './wire/failed.support.test.js';
import { connectTcp } from './wire/transport.js';

type Start = typeof startEmbedded;

/** The build has a thread, the sources have none. */
const BUILT = join(packageRoot(), 'dist', 'harness', 'embedded.js');

for (const [how, load] of [
  ['run from its sources', async (): Promise<Start> => startEmbedded],
  [
    'built, in a thread',
    async (): Promise<Start> => ((await import(BUILT)) as { startEmbedded: Start }).startEmbedded,
  ],
] as const) {
  describe(`startEmbedded, ${how}`, () => {
    let start: Start;
    before(async function () {
      if (how !== 'run from its sources' && !existsSync(BUILT)) this.skip();
      start = await load();
    });

    it('serves clients until it is closed', async () => {
      const server = await start({ spec: 'rfc3921', domain: 'embedded.test' });
      const endpoint = {
        host: server.host,
        port: server.port,
        tls: 'starttls',
        ca: server.ca,
        insecure: false,
      } as const;
      const context = { endpoint, domain: server.domain, timeoutMs: 5000, record: () => {} };
      const provisioner = registerProvisioner(context);
      try {
        const account = await provisioner.acquire('romeo');
        const client = await openClient({ ...context, ...account, resource: 'orchard' });
        expect(client.jid).to.equal(`${account.jid}/orchard`);
        const ended = new Promise((resolve) => client.onEnd(resolve));
        await server.close();
        await ended;
        const refused = await failed(
          connectTcp(endpoint, new Deadline(5000)).then((socket) => socket.destroy()),
        );
        expect(refused.kind).to.equal('unreachable');
      } finally {
        await provisioner.close();
        await server.close();
      }
    });

    it('says why it can not be started', async () => {
      const error = await start({ spec: 'rfc3921', domain: 'embedded.test', faults: ['no/such-fault'] }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.an('error');
      expect((error as Error).message).to.match(/no fault or variation named no\/such-fault/);
    });
  });
}
