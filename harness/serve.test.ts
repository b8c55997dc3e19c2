import { expect } from 'chai';
import { UsageError } from './config.js';
import { type Reference, startReference } from './reference/server.js';
import { type ServeOptions, serve } from './serve.js';

describe('serve', () => {
  let other: Reference;
  before(async () => {
    other = await startReference({ spec: 'rfc3921', domain: 'other.test', tls: 'off' });
  });
  after(() => other.close());

  async function refusal(parts: Partial<ServeOptions>): Promise<string> {
    const error = await serve({
      spec: 'rfc3921',
      domain: 'served.test',
      port: '0',
      componentPort: '0',
      componentDomain: 'contact.test',
      componentSecret: 'secret',
      tls: 'off',
      ...parts,
    }).catch((reason: unknown) => reason);
    if (!(error instanceof UsageError)) throw error;
    return error.message;
  }

  it('refuses what is no port', async () => {
    expect(await refusal({ port: '99999' })).to.equal('--port must be a port from 0 to 65535, not "99999".');
    expect(await refusal({ componentPort: '' })).to.match(/^--component-port must be a port .* not ""\.$/);
  });

  it('refuses what is no name server, and one that nobody would ask', async () => {
    for (const wrong of ['localhost:53', '127.0.0.1:0', '127.0.0.1:70000', '']) {
      expect(await refusal({ s2sPort: '0', dns: [wrong] })).to.equal(
        `--dns must be the IP address of a name server, with or without :PORT, not "${wrong}".`,
      );
    }
    expect(await refusal({ dns: ['127.0.0.1:53'] })).to.match(/^--dns .* give --s2s-port as well\.$/);
    expect(await refusal({ s2sPort: '-1' })).to.match(/^--s2s-port must be a port/);
  });

  it('says that a port is taken', async () => {
    const port = String(other.port);
    for (const taken of [{ port }, { componentPort: port }]) {
      expect(await refusal(taken)).to.match(
        /^The embedded server can't listen: .*EADDRINUSE.*; choose another --port or --component-port\.$/,
      );
    }
    expect(await refusal({ s2sPort: port })).to.match(/ choose another .* or --s2s-port\.$/);
  });
});
