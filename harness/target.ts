import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Account, openProvisioner, type Provisioner } from './accounts/provisioner.js';
import { type Config, type S2sConfig, UsageError } from './config.js';
import { type ContactSource, NO_CONTACTS, openContacts } from './contacts.js';
import { startEmbedded } from './embedded.js';
import { offersBlocking, offersPrivacyLists, softwareOf } from './features.js';
import { startFederation } from './federation.js';
import type { ContactHost } from './party/contact.js';
import { findRequestSign } from './play/calibrate.js';
import { HarnessFault } from './play/fault.js';
import type { RequestSign, Stage } from './play/world.js';
import type { Reference } from './reference/server.js';
import { type ClientStream, type LogInStage, openClient } from './wire/client.js';
import { child, elements, NS } from './wire/element.js';
import { type Endpoint, resolveTarget } from './wire/endpoint.js';
import { TargetError, where } from './wire/failure.js';
import type { Recorder } from './wire/transcript.js';

/** The server under test, looked over and ready. */
export interface Target extends Stage {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** What the software calls itself, with its version (XEP-0092); empty where it doesn't say. */
  readonly software: string;
  /** What the preflight found, a sentence each. */
  readonly findings: readonly string[];
  /** Features that scenarios may need: `contacts`, `s2s` or its absence, `domains`, `contacts-subdomain`, `privacy`, `pre-approval` and `roster-versioning` or their absence, `no-...`. */
  readonly features: ReadonlySet<string>;
  /** Reserves accounts. Throws TargetError when there are fewer. */
  ensureAccounts(count: number): void;
  /** A trivial exchange: tells a dead server from one that fails. Throws TargetError. */
  checkAlive(): Promise<void>;
  close(): Promise<void>;
}

/** What is needed to connect, wherever it comes from. */
interface Access {
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
  readonly contacts: ContactSource | undefined;
  readonly stop: () => Promise<void>;
}

/** How many times the time-out for what is judged to wait for what judging rests on. */
const PATIENCE = 4;

/** A feature's name in the sentence that says that it is missing. */
export const MISSING_FEATURE: Readonly<Record<string, string>> = {
  contacts: NO_CONTACTS,
  s2s: 'the contacts are not played by a server that federates with the target; give --s2s',
  'no-s2s': 'the contacts are played by a server that federates with the target',
  'pre-approval': 'the target does not offer subscription pre-approval (RFC 6121 3.4)',
  'no-pre-approval': 'the target offers subscription pre-approval',
  'roster-versioning': 'the target does not offer roster versioning (RFC 6121 2.6)',
  'no-roster-versioning': 'the target offers roster versioning',
  privacy: 'the target does not offer privacy lists (RFC 3921 10)',
  blocking: 'the target does not offer the blocking command (XEP-0191 3.1)',
  domains: 'the suite runs no DNS responder that leads to domains of its own; give --s2s and --dns',
  'contacts-subdomain': 'the domain of the contacts lies below no other',
};

/** What it means for states that are read back. */
const HOW_REQUESTS_SHOW: Readonly<Record<Exclude<RequestSign, 'redelivered'>, string>> = {
  approvable: 'Requests that wait are not delivered to each new resource; states are read back by approving.',
  hidden:
    'Requests that wait are not delivered to each new resource, and what nobody asked for can be approved; so nothing shows whether a request waits, and states that differ by that alone are not judged.',
};

const discard: Recorder = () => {};

/**
 * Starts the embedded server or finds the given one, and looks it over: logs in, reads the features, makes an
 * account, connects the contacts.
 * @throws TargetError or UsageError with one sentence: what, where, what to do
 */
export async function openTarget(config: Config): Promise<Target> {
  const access = config.target === undefined ? await embedded(config) : await given(config, config.target);
  try {
    return await lookOver(config, access);
  } catch (error) {
    await access.stop();
    throw error;
  }
}

const EMBEDDED_COMPONENT = 'contact.test';

async function embedded(config: Config): Promise<Access> {
  if (config.s2s !== undefined) return federatedEmbedded(config, config.s2s);
  const secret = randomBytes(16).toString('hex');
  const server = await startEmbedded({
    ...embeddedOptions(config),
    component: { domain: EMBEDDED_COMPONENT, secret },
  });
  const { host, componentPort: port = 0 } = server;
  return {
    ...embeddedAccess(config, server),
    contacts: { by: 'component', component: { host, port, domain: EMBEDDED_COMPONENT, secret } },
    stop: () => server.close(),
  };
}

/** The embedded server has no other way to find the contacts than the suite's own name service. */
async function federatedEmbedded(config: Config, s2s: S2sConfig): Promise<Access> {
  const federation = await startFederation({ ...s2s, dns: s2s.dns ?? { host: '127.0.0.1', port: 0 } });
  const names = federation.responder === undefined ? [] : [where(federation.responder.address)];
  try {
    const server = await startEmbedded({
      ...embeddedOptions(config),
      s2s: { dnsServers: names, bidirectional: s2s.streams === 'one' },
    });
    const { host, s2sPort: port = 0, ca } = server;
    return {
      ...embeddedAccess(config, server),
      contacts: { by: 's2s', federation, endpoint: { host, port, ca, insecure: false } },
      stop: async () => {
        await federation.close();
        await server.close();
      },
    };
  } catch (error) {
    await federation.close();
    throw error;
  }
}

function embeddedOptions({ spec, domain, tls }: Config) {
  return { spec, domain, tls };
}

function embeddedAccess({ spec, tls }: Config, { host, port, ca }: Reference) {
  return {
    name: `the embedded server (${spec})`,
    endpoints: [{ host, port, tls, ca, insecure: false }],
  };
}

async function given(config: Config, target: string): Promise<Access> {
  const { tls, insecure, component, s2s } = config;
  const trust = { insecure, ...(config.ca === undefined ? {} : { ca: readCa(config.ca) }) };
  const addresses = await resolveTarget(target, config.domain);
  const access = {
    name: target,
    endpoints: addresses.map((address) => ({ ...address, tls, ...trust })),
  };
  if (s2s?.address === undefined) {
    const contacts = component === undefined ? undefined : ({ by: 'component', component } as const);
    return { ...access, contacts, stop: async () => {} };
  }
  const federation = await startFederation(s2s);
  const contacts = { by: 's2s', federation, endpoint: { ...s2s.address, ...trust } } as const;
  return { ...access, contacts, stop: () => federation.close() };
}

function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `--ca ${file} can't be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

/** The first endpoint that a client can log in to; the failure of the last when none works. */
async function lookOver(config: Config, access: Access): Promise<Target> {
  let failure: unknown = new TargetError('unreachable', `${access.name} has no address to connect to.`);
  for (const endpoint of access.endpoints) {
    try {
      return await preflight(config, access, endpoint);
    } catch (error) {
      failure = error;
      if (!(error instanceof TargetError) || error.kind !== 'unreachable') break;
    }
  }
  throw failure;
}

async function preflight(config: Config, access: Access, endpoint: Endpoint): Promise<Target> {
  const { domain, timeoutMs, settleMs } = config;
  const findings: string[] = [];
  const features = new Set<string>();
  const run = randomBytes(4).toString('hex');

  const provisioner = await openProvisioner(config.accounts, {
    endpoint,
    domain,
    timeoutMs,
    record: discard,
  });
  let contacts: ContactHost | undefined;
  try {
    const patienceMs = PATIENCE * timeoutMs;
    const logInBy =
      (mechanism: 'PLAIN' | undefined, limitMs: number) =>
      (
        { username, password }: Account,
        resource: string,
        record: Recorder,
        stage: LogInStage = 'complete',
      ): Promise<ClientStream> =>
        openClient({
          endpoint,
          domain,
          username,
          password,
          resource,
          timeoutMs: limitMs,
          record,
          stage,
          ...(mechanism === undefined ? {} : { mechanism, resumeTls: true }),
        });
    const account = await provisioner.acquire('preflight');
    const notes: string[] = [];
    const stream = await logInBy(undefined, timeoutMs)(account, 'preflight', (entry) => {
      if (entry.kind === 'note') notes.push(entry.xml);
    });
    if (await offersPrivacyLists(stream, timeoutMs)) features.add('privacy');
    if (await offersBlocking(stream, domain, timeoutMs)) features.add('blocking');
    const software = await softwareOf(stream, domain, timeoutMs);
    // Before the next log-in by the same resource, which a server may refuse, or end the first one for.
    await stream.close();
    const mechanism =
      config.accounts === 'register' ? await cheapest(logInBy('PLAIN', timeoutMs), account) : undefined;
    const logIn = logInBy(mechanism, patienceMs);
    findings.push(`${access.name}: logged in as ${stream.jid}${securedBy(notes)}.`);
    const offered = elements(stream.features).map((feature) => `${feature.name} (${feature.ns})`);
    findings.push(`Stream features: ${offered.join(', ') || 'none'}.`);
    const preApproves = child(stream.features, 'sub', NS.preApproval) !== undefined;
    features.add(preApproves ? 'pre-approval' : 'no-pre-approval');
    const keepsVersions = child(stream.features, 'ver', NS.rosterVersioning) !== undefined;
    features.add(keepsVersions ? 'roster-versioning' : 'no-roster-versioning');

    let names = 0;
    const source = access.contacts;
    if (source === undefined) {
      findings.push(`Remote contacts: ${NO_CONTACTS}; scenarios with one are skipped.`);
    } else {
      const opened = await openContacts(source, config);
      contacts = opened.host;
      findings.push(opened.finding);
      features.add('contacts');
      features.add(source.by === 's2s' ? 's2s' : 'no-s2s');
    }
    const startDomain = domainStarter(source, config, (hint) => `${hint}-${run}-${++names}`);
    if (startDomain !== undefined) features.add('domains');
    if (contacts?.domain.includes('.')) features.add('contacts-subdomain');
    let checking: Promise<void> | undefined;
    const check = async () => {
      if (source !== undefined && contacts?.lost !== undefined) {
        contacts = (await openContacts(source, config)).host;
      }
      const probe = await logIn(account, 'probe', discard);
      await probe.close();
    };

    let requestSign: RequestSign = 'redelivered';
    const target: Target = {
      name: access.name,
      host: endpoint.host,
      port: endpoint.port,
      domain,
      software,
      timeoutMs,
      patienceMs,
      settleMs,
      findings,
      features,
      get contacts() {
        return contacts;
      },
      contactName: (hint) => `${hint}-${run}-${++names}`,
      ...(startDomain === undefined ? {} : { startDomain }),
      account: (hint) => provisioner.acquire(hint),
      logIn,
      ensureAccounts: (count) => provisioner.ensure(count),
      checkAlive: () => {
        // Cases that fail together ask together, and a server admits one connection of a component or resource.
        checking ??= check().finally(() => {
          checking = undefined;
        });
        return checking;
      },
      close: async () => {
        await contacts?.close();
        await provisioner.close();
        await access.stop();
      },
      get requestSign() {
        return requestSign;
      },
    };
    if (contacts !== undefined) {
      requestSign = await findRequestSign(target).catch(asTargetError);
      if (requestSign !== 'redelivered') findings.push(HOW_REQUESTS_SHOW[requestSign]);
    }
    return target;
  } catch (error) {
    await closeQuietly(provisioner);
    await contacts?.close();
    throw error;
  }
}

/** What starts domains for cases, where the suite's own name service leads to them. */
function domainStarter(
  source: ContactSource | undefined,
  { domain, timeoutMs }: Config,
  nameOf: (hint: string) => string,
): Stage['startDomain'] {
  if (source?.by !== 's2s' || source.federation.responder === undefined) return undefined;
  const { federation, endpoint } = source;
  return (hint, options) => federation.domain(nameOf(hint), options, { domain, endpoint, timeoutMs });
}

/**
 * The strongest mechanism was proved by the first log-in. The accounts made for the run are thrown away, and cost
 * of key derivation, paid by both sides a thousand times, buys nothing: so PLAIN where the server offers it.
 */
async function cheapest(
  logInPlainly: (account: Account, resource: string, record: Recorder) => Promise<ClientStream>,
  account: Account,
): Promise<'PLAIN' | undefined> {
  try {
    const stream = await logInPlainly(account, 'preflight', discard);
    await stream.close();
    return 'PLAIN';
  } catch (error) {
    if (error instanceof TargetError && error.kind === 'authentication') return undefined;
    throw error;
  }
}

/** The failure that led here is the one to tell; a second one on the way out would hide it. */
async function closeQuietly(provisioner: Provisioner): Promise<void> {
  await provisioner.close().catch(() => undefined);
}

function securedBy(notes: readonly string[]): string {
  const tls = notes.find((note) => note.startsWith('TLS'));
  return tls === undefined ? ', without TLS' : `, ${tls}`;
}

/** A fence that fails before the first case is a target that can't be judged. */
function asTargetError(error: unknown): never {
  if (error instanceof HarnessFault) {
    throw new TargetError('stream', `A trivial exchange with the target fails: ${error.message}.`);
  }
  throw error;
}
