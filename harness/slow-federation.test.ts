import { expect } from 'chai';
import { resolveConfig } from './config.js';
import { startReference } from './reference/server.js';
import { run } from './run.js';
import { SlowLink } from './slow-link.support.test.js';
import { freePorts } from './wire/prosody.support.test.js';

/** Each way, and longer than the silence that is waited for: only the fence keeps what is under way from being missed. */
const DELAY_MS = 110;

const CONTACTS = 'remote.test';

describe('a run with contacts by federation over a slow link', function () {
  this.timeout(120_000);

  it('gives no false verdict', async () => {
    const [listener] = await freePorts(1);
    const inward = new SlowLink(listener ?? 0, DELAY_MS);
    const port = await inward.listen();
    const server = await startReference({
      spec: 'rfc6121',
      domain: 'embedded.test',
      tls: 'off',
      s2s: { resolve: async (domain) => (domain === CONTACTS ? [{ host: '127.0.0.1', port }] : []) },
    });
    const outward = new SlowLink(server.s2sPort ?? 0, DELAY_MS);
    try {
      const config = resolveConfig(
        {
          target: `${server.host}:${server.port}`,
          domain: 'embedded.test',
          tls: 'off',
          spec: 'rfc6121',
          s2s: `127.0.0.1:${await outward.listen()}`,
          s2sDomain: CONTACTS,
          s2sListen: `127.0.0.1:${listener}`,
          jobs: 16,
          only: [
            'subscription/outbound-subscribe#none*',
            'subscription/inbound-subscribed#none*',
            'subscription/removal#both',
            'presence/broadcast#*',
            'delivery/iq-to-full#*',
            'delivery/message-no-resource#full, *',
          ],
        },
        {},
        {},
      );
      const { interrupted, cases } = await run(config);
      expect(interrupted).to.equal('');
      expect(cases.length).to.be.at.least(20);
      const troubles = cases.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skipped');
      expect(
        troubles.map((item) => `${item.scenario}#${item.case}: ${item.outcome} ${item.reason}`),
      ).to.deep.equal([]);
      expect(cases.filter(({ outcome }) => outcome === 'pass').length).to.be.at.least(15);
    } finally {
      await server.close();
      for (const link of [inward, outward]) link.close();
    }
  });
});
