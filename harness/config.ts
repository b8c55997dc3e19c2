import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { REPORT_FORMATS, type ReportFormat } from '../reports/write.js';
import type { Shard, Spec } from './verdict/result.js';

/** A wrong option, configuration or selection: exit status 2, or 3 where nothing is left to play. */
export class UsageError extends Error {
  constructor(
    message: string,
    readonly exitStatus: 2 | 3 = 2,
  ) {
    super(message);
    this.name = 'UsageError';
  }
}

/** The name of the configuration file looked for in the working directory. */
export const CONFIG_FILE = 'xmpp-conform.config.json';

/** What the user asked for, complete and checked. */
export interface Config {
  /** `HOST[:PORT]`; undefined: the embedded server. */
  readonly target: string | undefined;
  /** The XMPP domain; the target's host when not given. */
  readonly domain: string;
  readonly tls: 'starttls' | 'direct' | 'off';
  /** File with the certificate authority, PEM. */
  readonly ca: string | undefined;
  readonly insecure: boolean;
  /** `register`, a file of accounts, or a command template. */
  readonly accounts: string;
  readonly component: ComponentConfig | undefined;
  /** How the harness federates with the target to play the contacts; undefined: it does not. */
  readonly s2s: S2sConfig | undefined;
  readonly spec: Spec;
  readonly strict: boolean;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly section: readonly string[];
  /** Cases played at a time. */
  readonly jobs: number;
  readonly timeoutMs: number;
  readonly settleMs: number;
  readonly knownFailures: string | undefined;
  /** Where to write the known failures that this run finds. */
  readonly writeKnownFailures: string | undefined;
  /** The part of the cases to play; undefined: all. */
  readonly shard: Shard | undefined;
  readonly output: string;
  readonly formats: readonly ReportFormat[];
  readonly quiet: boolean;
}

/** Where and how the component that plays the contacts connects (XEP-0114). */
export interface ComponentConfig {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  readonly secret: string;
}

/** Host name or address, and port. */
interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** The harness as a remote server that plays the contacts (XEP-0220). */
export interface S2sConfig {
  /** Where the target listens for servers; undefined: wherever the embedded server does. */
  readonly address: HostPort | undefined;
  /** The domain of the contacts. */
  readonly domain: string;
  /** Where the harness listens for the target; a free port for 0. */
  readonly listen: HostPort;
  /** Where the DNS responder listens; undefined: none is run. */
  readonly dns: HostPort | undefined;
  /** Two streams, one for each direction, or one for both where the target can (XEP-0288). */
  readonly streams: 'one' | 'two';
}

/** Options as the command line or the configuration file gives them, by their long names in camel case. */
export interface RawOptions {
  readonly target?: string;
  readonly domain?: string;
  readonly tls?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly accounts?: string;
  readonly component?: string;
  readonly componentDomain?: string;
  readonly componentSecret?: string;
  /** Without a value: the usual port of the target's host. */
  readonly s2s?: string | boolean;
  readonly s2sDomain?: string;
  readonly s2sListen?: string;
  readonly s2sStreams?: string;
  readonly dns?: string;
  readonly spec?: string;
  readonly strict?: boolean;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly section?: readonly string[];
  readonly jobs?: string | number;
  readonly timeout?: string | number;
  readonly settle?: string | number;
  readonly knownFailures?: string;
  readonly writeKnownFailures?: string;
  readonly shard?: string;
  readonly output?: string;
  readonly formats?: string | readonly string[];
  readonly quiet?: boolean;
}

type OptionType = 'string' | 'boolean' | 'number' | 'strings' | 'string or boolean';

const OPTION_TYPES: Readonly<Record<keyof RawOptions, OptionType>> = {
  target: 'string',
  domain: 'string',
  tls: 'string',
  ca: 'string',
  insecure: 'boolean',
  accounts: 'string',
  component: 'string',
  componentDomain: 'string',
  componentSecret: 'string',
  s2s: 'string or boolean',
  s2sDomain: 'string',
  s2sListen: 'string',
  s2sStreams: 'string',
  dns: 'string',
  spec: 'string',
  strict: 'boolean',
  only: 'strings',
  skip: 'strings',
  section: 'strings',
  jobs: 'number',
  timeout: 'number',
  settle: 'number',
  knownFailures: 'string',
  writeKnownFailures: 'string',
  shard: 'string',
  output: 'string',
  formats: 'strings',
  quiet: 'boolean',
};

/** Defaults of the numbers: lanes; longest wait and silence in milliseconds. */
export const DEFAULTS = { jobs: 24, timeoutMs: 5000, settleMs: 100 } as const;

/**
 * Reads the configuration file; a missing one is empty.
 * @throws UsageError naming the file and what is wrong in it
 */
export function readConfigFile(file: string = CONFIG_FILE): RawOptions {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UsageError(`${file} can't be read: ${messageOf(error)}.`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is no JSON: ${messageOf(error)}.`);
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new UsageError(`${file} must hold one object of options, such as { "target": "localhost" }.`);
  }
  checkOptions(parsed, file);
  return parsed;
}

/**
 * Makes sure that options by their long names in camel case are known and of the right kind.
 * @param where what they stand in, for the message
 * @param without options that have no place there
 * @throws UsageError naming the first option that is not
 */
export function checkOptions(
  options: object,
  where: string,
  without: readonly (keyof RawOptions)[] = [],
): asserts options is RawOptions {
  const types = Object.entries(OPTION_TYPES).filter(([name]) => without.every((other) => other !== name));
  for (const [key, value] of Object.entries(options)) {
    const type = types.find(([name]) => name === key)?.[1];
    if (type === undefined) {
      throw new UsageError(
        `${where}: there is no option "${key}"; the options are ${types.map(([name]) => name).join(', ')}.`,
      );
    }
    if (!hasType(value, type)) {
      throw new UsageError(
        `${where}: "${key}" must be ${type === 'strings' ? 'a list of strings' : `a ${type}`}.`,
      );
    }
  }
}

function hasType(value: unknown, type: OptionType): boolean {
  if (type === 'strings') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (type === 'string or boolean') return typeof value === 'string' || typeof value === 'boolean';
  return typeof value === type;
}

/**
 * Makes a complete configuration: command line before environment before configuration file before defaults.
 * @throws UsageError
 */
export function resolveConfig(
  given: RawOptions,
  file: RawOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  const secret = environment.XMPP_CONFORM_COMPONENT_SECRET;
  const raw: RawOptions = {
    ...file,
    ...(secret === undefined ? {} : { componentSecret: secret }),
    ...given,
  };
  const target = raw.target;
  if (target === undefined && raw.component !== undefined) {
    throw new UsageError('--component needs --target: the embedded server has a component of its own.');
  }
  if (target === '') throw new UsageError('--target needs a host, such as --target localhost:5222.');
  // Servers fold case, and stamp the folded form on what is compared.
  const domain = (raw.domain ?? (target === undefined ? 'embedded.test' : hostOf(target))).toLowerCase();
  return {
    target,
    domain,
    tls: oneOf('--tls', raw.tls ?? 'starttls', ['starttls', 'direct', 'off']),
    ca: raw.ca,
    insecure: raw.insecure ?? false,
    accounts: raw.accounts ?? 'register',
    component: componentOf(raw),
    s2s: s2sOf(raw, domain),
    spec: oneOf('--spec', raw.spec ?? 'rfc3921', ['rfc3921', 'rfc6121']),
    strict: raw.strict ?? false,
    only: raw.only ?? [],
    skip: raw.skip ?? [],
    section: raw.section ?? [],
    jobs: wholeNumber('--jobs', raw.jobs ?? DEFAULTS.jobs, 1),
    timeoutMs: wholeNumber('--timeout', raw.timeout ?? DEFAULTS.timeoutMs, 1),
    settleMs: wholeNumber('--settle', raw.settle ?? DEFAULTS.settleMs, 0),
    knownFailures: raw.knownFailures,
    writeKnownFailures: raw.writeKnownFailures,
    shard: raw.shard === undefined ? undefined : shardOf(raw.shard),
    output: raw.output ?? 'conform-reports',
    formats: formatsOf(raw.formats),
    quiet: raw.quiet ?? false,
  };
}

function componentOf(raw: RawOptions): ComponentConfig | undefined {
  const { component, componentDomain, componentSecret } = raw;
  if (component === undefined && componentDomain === undefined && componentSecret === undefined)
    return undefined;
  const missing = [
    component === undefined ? '--component HOST:PORT' : '',
    componentDomain === undefined ? '--component-domain' : '',
    componentSecret === undefined ? '--component-secret (or XMPP_CONFORM_COMPONENT_SECRET)' : '',
  ].filter((name) => name !== '');
  if (component === undefined || componentDomain === undefined || componentSecret === undefined) {
    throw new UsageError(`A component needs ${missing.join(' and ')} as well.`);
  }
  return {
    ...hostPort('--component', component, { example: 'localhost:5347', least: 1 }),
    domain: componentDomain.toLowerCase(),
    secret: componentSecret,
  };
}

/** The port for servers that IANA has registered. */
const S2S_PORT = 5269;
/** Of a kind that no name service of the outside knows (RFC 2606). */
const CONTACTS_DOMAIN = 'remote.test';
const LOOPBACK = '127.0.0.1';

function s2sOf(raw: RawOptions, targetDomain: string): S2sConfig | undefined {
  const { s2s, s2sDomain, s2sListen, s2sStreams, dns, target } = raw;
  if (s2s === undefined || s2s === false) {
    const [stray] = Object.entries({
      '--s2s-domain': s2sDomain,
      '--s2s-listen': s2sListen,
      '--s2s-streams': s2sStreams,
      '--dns': dns,
    }).filter(([, value]) => value !== undefined);
    if (stray !== undefined) throw new UsageError(`${stray[0]} needs --s2s as well.`);
    return undefined;
  }
  if (raw.component !== undefined) {
    throw new UsageError('--s2s and --component exclude each other: the contacts live at one place.');
  }
  if (target === undefined && typeof s2s === 'string') {
    throw new UsageError('--s2s takes an address only with --target: the embedded server brings its own.');
  }
  const listen = listenAt('--s2s-listen', s2sListen ?? '0');
  const responder = dns === undefined ? undefined : listenAt('--dns', dns);
  if (
    target !== undefined &&
    responder === undefined &&
    (s2sDomain === undefined || s2sListen === undefined)
  ) {
    throw new UsageError(
      '--s2s needs --dns, which leads the target to the contacts, or --s2s-domain and --s2s-listen, to which your own name service leads it.',
    );
  }
  if (/^[0.:]+$/.test(listen.host) && (target === undefined || responder !== undefined)) {
    throw new UsageError(
      `--s2s-listen must name the address that the target connects to, which --dns gives it, not ${listen.host}.`,
    );
  }
  const domain = domainOf('--s2s-domain', s2sDomain ?? CONTACTS_DOMAIN);
  if (`.${targetDomain}`.endsWith(`.${domain}`)) {
    throw new UsageError(
      `--s2s-domain ${domain} holds the target's own domain, ${targetDomain}: give the contacts another one.`,
    );
  }
  return {
    address: target === undefined ? undefined : peerOf(s2s, target),
    domain,
    listen,
    dns: responder,
    streams: oneOf('--s2s-streams', s2sStreams ?? 'two', ['one', 'two']),
  };
}

/** With this much before it, a name is still one for DNS: a service, and the name of a domain of one case. */
const LONGEST_DOMAIN = 180;

/** A domain as servers compare it: in lower case, in Unicode. */
function domainOf(option: string, value: string): string {
  const literal = /^\[(.+)\]$/.exec(value)?.[1] ?? value;
  if (isIP(literal) !== 0) return value.toLowerCase();
  const ascii = domainToASCII(value);
  const isName = ascii.split('.').every((label) => /^[a-z0-9_-]{1,63}$/.test(label));
  if (!isName || ascii.length > LONGEST_DOMAIN) {
    throw new UsageError(
      `${option} must be a domain, such as ${CONTACTS_DOMAIN}, of at most ${LONGEST_DOMAIN} characters, not "${value}".`,
    );
  }
  return domainToUnicode(ascii);
}

function peerOf(s2s: string | boolean, target: string): HostPort {
  return typeof s2s === 'string'
    ? hostPort('--s2s', s2s, { example: `localhost:${S2S_PORT}`, least: 1 })
    : { host: hostOf(target), port: S2S_PORT };
}

/** An address of this machine, by port alone on loopback. */
function listenAt(option: string, value: string): HostPort {
  const given = /^\d+$/.test(value) ? `${LOOPBACK}:${value}` : value;
  return hostPort(option, given, { example: '5269 or 127.0.0.1:5269', least: 0 });
}

function hostPort(
  option: string,
  value: string,
  { example, least }: { readonly example: string; readonly least: 0 | 1 },
): HostPort {
  const address = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(value);
  const port = Number(address?.[3]);
  if (address === null || port < least || port > 65535) {
    const form = least === 0 ? '[HOST:]PORT' : 'HOST:PORT';
    throw new UsageError(`${option} must be ${form}, such as ${example}, not "${value}".`);
  }
  return { host: address[1] ?? address[2] ?? '', port };
}

/** The host of `HOST[:PORT]`, `[ADDRESS]:PORT` or a bare IPv6 address. */
function hostOf(target: string): string {
  if (isIP(target) === 6) return target;
  return /^\[([^\]]+)\]/.exec(target)?.[1] ?? target.replace(/:\d+$/, '');
}

/**
 * The reports of --formats, which are separated by commas; all when it is not given.
 * @throws UsageError naming what is no format
 */
export function formatsOf(value: string | readonly string[] | undefined): ReportFormat[] {
  const names = value === undefined ? REPORT_FORMATS : typeof value === 'string' ? value.split(',') : value;
  return names.map((name) => oneOf('--formats', name.trim(), REPORT_FORMATS));
}

function shardOf(value: string): Shard {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(value)?.map(Number) ?? [];
  if (index === undefined || count === undefined || index < 1 || index > count) {
    throw new UsageError(`--shard must be I/N with I from 1 to N, such as 2/4, not "${value}".`);
  }
  return { index, count };
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw new UsageError(`${option} must be ${orList(allowed)}, not "${value}".`);
  return found;
}

function orList(items: readonly string[]): string {
  return `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}

function wholeNumber(option: string, value: string | number, least: number): number {
  const number = typeof value === 'number' ? value : /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < least) {
    throw new UsageError(`${option} must be a whole number from ${least} on, not "${value}".`);
  }
  return number;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
