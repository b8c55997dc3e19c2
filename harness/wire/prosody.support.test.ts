import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeCertificate, type TestCertificate } from './certificate.support.test.js';
import type { Endpoint } from './endpoint.js';

/** A Prosody of our own, on loopback and in a folder that goes with it. */
export interface Prosody {
  readonly domain: string;
  readonly component: { readonly domain: string; readonly secret: string; readonly port: number };
  readonly endpoint: Endpoint;
  readonly direct: Endpoint;
  readonly certificate: TestCertificate;
  readonly configFile: string;
  stop(): Promise<void>;
}

/** Why Prosody can't be had here, or an empty string. */
export function prosodyMissing(): string {
  try {
    execFileSync('sh', ['-c', 'command -v prosody && command -v openssl'], { stdio: 'pipe' });
    return '';
  } catch {
    return 'prosody or openssl is not on PATH';
  }
}

/** Starts Prosody and waits until it accepts clients. */
export async function startProsody(
  options: { protocol?: 'tlsv1_2' | 'tlsv1_3'; extra?: string } = {},
): Promise<Prosody> {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-prosody-'));
  mkdirSync(join(folder, 'data'));
  const domain = 'xmpp.test';
  const certificate = makeCertificate(folder, domain);
  const [client, direct, component] = await freePorts(3);
  const configFile = join(folder, 'prosody.cfg.lua');
  writeFileSync(
    configFile,
    `
run_as_root = true
data_path = "${folder}/data"
pidfile = "${folder}/prosody.pid"
certificates = "${folder}"
installer_plugin_path = "${folder}/plugins"
interfaces = { "127.0.0.1" }
component_interfaces = { "127.0.0.1" }
c2s_ports = { ${client} }
c2s_direct_tls_ports = { ${direct} }
s2s_ports = {}
component_ports = { ${component} }
http_ports = {}
https_ports = {}
modules_enabled = { "roster", "saslauth", "tls", "register", "disco", "ping" }
modules_disabled = { "s2s" }
authentication = "internal_plain"
allow_registration = true
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
network_settings = { nagle = false, tcp_backlog = 1024 }
log = { { levels = { min = "warn" }, to = "file", filename = "${folder}/prosody.log" } }
ssl = { certificate = "${certificate.certFile}", key = "${certificate.keyFile}", protocol = "${options.protocol ?? 'tlsv1_2+'}" }
${options.extra ?? ''}
VirtualHost "${domain}"
Component "contact.test"
  component_secret = "s3cret"
`,
  );
  const process = spawn('prosody', ['-F', '--config', configFile], { stdio: 'ignore' });
  const endpoint: Endpoint = {
    host: '127.0.0.1',
    port: client,
    tls: 'starttls',
    ca: certificate.cert,
    insecure: false,
  };
  const stop = async () => {
    if (process.exitCode === null && process.signalCode === null) {
      process.kill('SIGKILL');
      await once(process, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all([client, direct, component].map((port) => listening(port, process)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    domain,
    component: { domain: 'contact.test', secret: 's3cret', port: component },
    endpoint,
    direct: { ...endpoint, port: direct, tls: 'direct' },
    certificate,
    configFile,
    stop,
  };
}

/** Ports that were free a moment ago. */
export async function freePorts(count: 3): Promise<[number, number, number]>;
export async function freePorts(count: number): Promise<number[]>;
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function listening(port: number, process: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (process.exitCode !== null) throw new Error(`Prosody ended with status ${process.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    // A process offers no event for having bound its ports.
    await pause(50);
  }
  throw new Error(`Prosody does not listen on ${port}`);
}
