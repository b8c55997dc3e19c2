import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../harness/paths.js';

/** A real server, started for this run alone. */
export interface RealTarget {
  /** Options for `xmpp-conform` to judge it with. */
  readonly options: readonly string[];
  /** Process id of the server itself; of the process that does most of the work where it has several. */
  readonly pid: number;
  /** Where it listens for other servers; undefined when it does not federate. */
  readonly s2sPort: number | undefined;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** The servers that scripts/targets can start. */
export const REAL_TARGETS = ['prosody', 'ejabberd', 'jabberd2'] as const;

/** Name of a server that scripts/targets can start. */
export type RealTargetName = (typeof REAL_TARGETS)[number];

/** How the contacts reach the server: over a component, or by federation. */
export type ContactsBy = 'component' | 's2s';

/** What a server is told that is to meet another one. */
export interface Federated {
  readonly domain: string;
  /** Port of the name service, on loopback. */
  readonly dnsPort: number;
}

/**
 * Starts a throw-away server by scripts/targets/NAME.
 * @param by what the options name; a server that federates asks the name service that they start for names, or that of `federated`
 * @throws Error with what the script said when the server does not start
 */
export async function startRealTarget(
  name: RealTargetName,
  by: ContactsBy | Federated = 'component',
): Promise<RealTarget> {
  const folder = await mkdtemp(join(tmpdir(), `xmpp-conform-${name}-`));
  const ports = await freePorts(by === 'component' ? 2 : 4);
  if (typeof by === 'object') ports.splice(3, 1, by.dnsPort);
  const domain = typeof by === 'object' ? [by.domain] : [];
  const given = [folder, ...ports.map(String), ...domain];
  const script = spawn(join(packageRoot(), 'scripts', 'targets', name), given, {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    await ended(script);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [options = '', pids = ''] = await firstLines(script, 2);
    const [, pid] = pids.split(' ');
    return { options: options.split(' '), pid: Number(pid), s2sPort: ports[2], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The first lines that the script prints; rejects with its complaint when it ends before. */
function firstLines(script: ChildProcess, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    let complaint = '';
    script.stderr?.on('data', (data: Buffer) => {
      complaint += data.toString();
    });
    if (script.stdout !== null) {
      createInterface({ input: script.stdout }).on('line', (line) => {
        lines.push(line);
        if (lines.length === count) resolve(lines);
      });
    }
    script.once('error', reject);
    script.once('exit', () =>
      reject(new Error(complaint.trim() || 'the server script ended without a word')),
    );
  });
}

/** Ends the script, which ends its server. */
function ended(script: ChildProcess): Promise<void> {
  if (script.exitCode !== null || script.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    script.once('exit', () => resolve());
    script.kill('SIGTERM');
  });
}

/** Loopback ports that nothing listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
