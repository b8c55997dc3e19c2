import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../harness/paths.js';
import type { RealTarget } from '../real-target.js';

const DOMAIN = 'localhost';
const COMPONENT = { domain: 'contact.localhost', secret: 'bench' };

/** The embedded server in a process of its own, so that its CPU time is told apart from the harness's. */
export async function startEmbedded(): Promise<RealTarget> {
  const server = spawn(
    process.execPath,
    [
      join(packageRoot(), 'dist', 'harness', 'cli.js'),
      'serve',
      '--domain',
      DOMAIN,
      '--port',
      '0',
      '--component-port',
      '0',
      '--component-domain',
      COMPONENT.domain,
      '--component-secret',
      COMPONENT.secret,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const said = await greeting(server);
  const [, client = '', component = ''] = / at (\S+:\d+), .* at (\S+:\d+)\./.exec(said) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'xmpp-conform-embedded-'));
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, said.slice(said.indexOf('-----BEGIN')));
  return {
    options: [
      '--target',
      client,
      '--domain',
      DOMAIN,
      '--ca',
      ca,
      '--component',
      component,
      '--component-domain',
      COMPONENT.domain,
      '--component-secret',
      COMPONENT.secret,
    ],
    pid: server.pid ?? 0,
    s2sPort: undefined,
    stop: async () => {
      server.kill('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What the server says before it serves: addresses and certificate. */
function greeting(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout?.on('data', (data: Buffer) => {
      said += data.toString();
      if (said.includes('-----END CERTIFICATE-----')) resolve(said);
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`the embedded server ended with status ${code}`)));
  });
}
