import { interop } from '../../suites/interop.js';
import { resolveConfig } from '../config.js';
import { type Fixtures, loadFixtures } from '../fixtures.js';
import { type Reference, startReference } from '../reference/server.js';
import { run } from '../run.js';
import type { Spec } from '../verdict/result.js';
import { type ConformanceRecord, recordOf } from './record.js';
import type { InteropResult } from './result.js';
import { type InteropParty, runInterop } from './run.js';

const COMPONENT = { domain: 'contact.test', secret: 'secret' };

/** Embedded servers that find each other, and nobody else. */
export class Neighbours {
  readonly #servers: Reference[] = [];
  /** Where other servers connect, by domain. */
  readonly #ports = new Map<string, number>();

  constructor(readonly spec: Spec) {}

  /** Starts a server with faults, or a sound one. */
  async start(domain: string, faults: readonly string[] = []): Promise<Reference> {
    const server = await startReference({
      spec: this.spec,
      domain,
      tls: 'off',
      component: COMPONENT,
      faults,
      s2s: {
        resolve: async (other) => {
          const port = this.#ports.get(other);
          return port === undefined ? [] : [{ host: '127.0.0.1', port }];
        },
      },
    });
    this.#servers.push(server);
    this.leadTo(domain, server.s2sPort ?? 0);
    return server;
  }

  /** Others reach the server of the domain at this port from now on. */
  leadTo(domain: string, port: number): void {
    this.#ports.set(domain, port);
  }

  /** The server as one of a pair. */
  party({ domain, host, port }: Reference, record?: ConformanceRecord, timeout = 5000): InteropParty {
    const target = `${host}:${port}`;
    const config = resolveConfig({ target, domain, tls: 'off', spec: this.spec, timeout }, {}, {});
    return { name: domain, config, record };
  }

  /** What an ordinary run of these scenarios says of the server. */
  async recordOf(
    { domain, host, port, componentPort }: Reference,
    only: readonly string[],
  ): Promise<ConformanceRecord> {
    const config = resolveConfig(
      {
        target: `${host}:${port}`,
        domain,
        tls: 'off',
        spec: this.spec,
        component: `${host}:${componentPort}`,
        componentDomain: COMPONENT.domain,
        componentSecret: COMPONENT.secret,
        timeout: 1000,
        only,
      },
      {},
      {},
    );
    return recordOf(await run(config), `${domain}.json`);
  }

  /** Ends all servers. */
  async end(): Promise<void> {
    for (const server of this.#servers.splice(0)) await server.close();
  }
}

let fixtures: Fixtures | undefined;

/** Plays both ways. */
export function meet(
  target: InteropParty,
  peer: InteropParty,
  only: readonly string[] = [],
): Promise<readonly [InteropResult, InteropResult]> {
  fixtures ??= loadFixtures([interop]);
  return runInterop(target, peer, { fixtures, spec: target.config.spec, only, jobs: 16 });
}

/** What was not as it should be, a line each. */
export function troubles(results: readonly InteropResult[]): string[] {
  return results.flatMap(({ target, interrupted, cases }) => [
    ...(interrupted === '' ? [] : [interrupted]),
    ...cases
      .filter(({ outcome }) => outcome !== 'agree')
      .map(
        (item) =>
          `${target.name} ${item.scenario}#${item.case}: ${item.outcome} ${item.reason} ${item.differences.map(({ source, reason }) => `${source} ${reason}`).join('; ')}`,
      ),
  ]);
}
