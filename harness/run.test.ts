import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toJson } from '../reports/json.js';
import { toJUnit } from '../reports/junit.js';
import { toTap } from '../reports/tap.js';
import { openProvisioner } from './accounts/provisioner.js';
import { type RawOptions, resolveConfig, UsageError } from './config.js';
import { type Meddler, startMeddler } from './meddler.support.test.js';
import { type Reference, startReference } from './reference/server.js';
import { faultsIn } from './report.support.test.js';
import { type RunOptions, run, version } from './run.js';
import type { RunResult } from './verdict/result.js';
import { makeCertificate } from './wire/certificate.support.test.js';
import { type FakeServer, opening, startFake } from './wire/fake-server.support.test.js';
import { freePorts } from './wire/prosody.support.test.js';

const DOMAIN = 'embedded.test';
const COMPONENT = { domain: 'contact.test', secret: 'secret' };
const ONLY = ['subscription/inbound-subscribed'];

/** Runs as configured, and checks that the reports are complete whatever came of it. */
async function judge(given: RawOptions, options: RunOptions = {}): Promise<RunResult> {
  const config = resolveConfig({ settle: 200, only: ONLY, ...given }, {}, {});
  const result = await run(config, options);
  const reports = { json: toJson(result), junit: toJUnit(result), tap: toTap(result) };
  expect(faultsIn(reports)).to.deep.equal([]);
  return result;
}

/** What a run says that could not begin. */
async function refusal(given: RawOptions): Promise<string> {
  const result = await judge(given);
  expect(result).to.deep.include({ exitStatus: 2, cases: [] });
  expect(result.interrupted.split('\n')).to.have.length(1);
  return result.interrupted;
}

describe('run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-run-'));
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  let server: Reference;
  let fake: FakeServer | undefined;
  const meddlers: Meddler[] = [];

  before(async () => {
    server = await startReference({ spec: 'rfc3921', domain: DOMAIN, component: COMPONENT });
  });
  afterEach(async () => {
    await fake?.stop();
    fake = undefined;
    for (const meddler of meddlers.splice(0)) await meddler.stop();
  });
  after(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  const target = (port = server.port): RawOptions => ({
    target: `127.0.0.1:${port}`,
    domain: DOMAIN,
    insecure: true,
  });
  const component = (port = server.componentPort): RawOptions => ({
    component: `127.0.0.1:${port}`,
    componentDomain: COMPONENT.domain,
    componentSecret: COMPONENT.secret,
  });

  /** An account on the server, as a line of a file of accounts. */
  async function registered(): Promise<string> {
    const { port } = server;
    const provisioner = await openProvisioner('register', {
      endpoint: { host: '127.0.0.1', port, tls: 'starttls', insecure: true },
      domain: DOMAIN,
      timeoutMs: 2000,
      record: () => {},
    });
    const { jid, password } = await provisioner.acquire('given');
    await provisioner.close();
    return `${jid} ${password}`;
  }

  describe('that goes well', () => {
    it('judges the embedded server when no target is given', async () => {
      const result = await judge({});
      expect(result).to.deep.include({ interrupted: '', exitStatus: 0 });
      expect(result.tool).to.deep.equal({ name: 'xmpp-conform', version: version() });
      expect(result.target).to.deep.include({ name: 'the embedded server (rfc3921)', domain: DOMAIN });
      expect(result.target.features).to.include('contacts');
      expect(result.cases.length).to.be.greaterThan(0);
      expect(result.summary.cases.pass).to.equal(result.cases.length);
    });

    it('tells when it is ready and how far it is', async () => {
      const told: string[] = [];
      const result = await judge(
        { ...target(), ...component() },
        {
          onReady: ({ findings }, cases) => told.push(`${findings.length > 0} ${cases}`),
          progress: { caseEnded: (_, done, total) => told.push(`${done} of ${total}`) },
        },
      );
      const total = result.cases.length;
      expect(told).to.deep.equal([
        `true ${total}`,
        ...Array.from({ length: total }, (_, index) => `${index + 1} of ${total}`),
      ]);
    });

    it('skips what needs a component without one, and says so', async () => {
      const result = await judge(target());
      expect(new Set(result.cases.map(({ outcome }) => outcome))).to.deep.equal(new Set(['skipped']));
      expect(result.cases[0]?.reason).to.match(
        /^neither a component nor federation was asked for .* give --component/,
      );
      expect(result.exitStatus, 'a skipped case is no pass').to.equal(2);
    });
  });

  it('plays nothing when nothing matches, and names the pattern', async () => {
    const result = await judge({ only: ['roster/nothing-*', 'subscription/*'], section: ['99'] });
    expect(result).to.deep.include({ exitStatus: 3, cases: [] });
    expect(result.interrupted).to.equal(
      'No case matches "roster/nothing-*", "99"; "xmpp-conform list" shows the scenarios.',
    );
    const none = await judge({ skip: ONLY });
    expect(none).to.deep.include({ exitStatus: 3 });
    expect(none.interrupted).to.equal('Nothing is left to play: no case matches the selection.');
  });

  describe('with known failures', () => {
    const known = (scenario: string) =>
      file(
        'known.xml',
        `<known-failures xmlns="urn:xmpp-conform:known-failures:1" target="t"><failure clause="rfc3921:9.3/x">
<case scenario="${scenario}" name="nobody"/><expected-difference>x</expected-difference><why>y</why></failure></known-failures>`,
      );

    it('fails when an entry must go', async () => {
      const result = await judge({ knownFailures: known('subscription/inbound-subscribed') });
      expect(result.exitStatus).to.equal(1);
      expect(result.knownFailures.stale[0]).to.match(
        /known\.xml:2: there is no subscription\/inbound-subscribed, case "nobody"; delete the line\.$/,
      );
    });
  });

  describe('against a target that can not be judged', () => {
    it('that refuses connections', async () => {
      const [port] = await freePorts(1);
      expect(await refusal(target(port))).to.equal(
        `127.0.0.1:${port} refuses connections: start the server or correct the port.`,
      );
    });

    it('whose name nobody knows', async () => {
      expect(await refusal({ target: 'nowhere.invalid:5222' })).to.match(
        /nowhere\.invalid can't be resolved: correct it|Nothing answers at nowhere\.invalid/,
      );
    });

    it('whose address makes no sense', async () => {
      expect(await refusal({ target: 'localhost:99999' })).to.match(
        /^The target "localhost:99999" is not of the form/,
      );
    });

    it('that accepts and says nothing', async () => {
      fake = await startFake(() => () => undefined);
      expect(await refusal({ ...target(fake.port), timeout: 400 })).to.match(
        /did not send a stream header within 400 ms: check that it is an XMPP server, or raise --timeout\.$/,
      );
    });

    it('that speaks another protocol', async () => {
      fake = await startFake(() => () => 'SSH-2.0-OpenSSH_9.6\r\n');
      expect(await refusal(target(fake.port))).to.match(/^127\.0\.0\.1:\d+ .*XMPP.*: .*\.$/);
    });

    it('that offers no STARTTLS', async () => {
      fake = await startFake(() => () => opening(''));
      expect(await refusal(target(fake.port))).to.match(/STARTTLS.*--tls/);
    });

    it('whose certificate is not trusted', async () => {
      expect(await refusal({ ...target(), insecure: false })).to.match(
        /is signed by no authority that is trusted here: give its CA with --ca, or --insecure to accept it\.$/,
      );
    });

    it('whose certificate has expired, or is for another domain', async () => {
      const refusalOf = async (days: number, domain: string) => {
        const certificate = makeCertificate(folder, 'xmpp.test', days);
        fake = await startFake(() => () => undefined, certificate);
        const port = fake.port;
        const message = await refusal({
          target: `127.0.0.1:${port}`,
          domain,
          tls: 'direct',
          ca: certificate.certFile,
        });
        await fake.stop();
        return message;
      };
      expect(await refusalOf(-1, 'xmpp.test')).to.match(/has expired: renew it, or give --insecure/);
      expect(await refusalOf(2, 'other.test')).to.match(/is not for other\.test: correct --domain/);
    });

    it('that does not serve the domain', async () => {
      expect(await refusal({ ...target(), domain: 'other.test' })).to.match(
        /does not serve the domain other\.test \(host-unknown\): name one that it serves with --domain\.$/,
      );
    });

    it('that refuses the password, and does not wait for more', async () => {
      const accounts = file('accounts.txt', `romeo@${DOMAIN} wrong\njuliet@${DOMAIN} wrong\n`);
      expect(await refusal({ ...target(), accounts })).to.match(/romeo.*password.*\.$/);
    });

    it('that refuses registration', async () => {
      fake = await startFake(() => {
        const left = [
          opening(''),
          "<iq type='error' id='register-form'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        ];
        return () => left.shift();
      });
      expect(await refusal({ ...target(fake.port), tls: 'off' })).to.match(
        /offers no in-band registration at embedded\.test.*: enable it, or give accounts with --accounts\.$/,
      );
    });

    it('with too few accounts, and lets go of the component', async () => {
      const accounts = file('few.txt', `${await registered()}\n`);
      expect(await refusal({ ...target(), ...component(), accounts })).to.match(
        /few\.txt has 0 unused accounts of 1 at embedded\.test and \d+ are needed: add \d+ more\.$/,
      );
      const again = await judge({ ...target(), ...component() });
      expect(again).to.deep.include({ interrupted: '', exitStatus: 0 });
    });

    it('with a command that makes no account', async () => {
      expect(await refusal({ ...target(), accounts: 'true {user} {domain} {password}' })).to.match(
        /preflight-\S+.*password.*\.$/,
      );
      expect(await refusal({ ...target(), accounts: 'false {user}' })).to.match(
        /^false failed with status 1 when it was to create preflight-\S+: try the command by hand\.$/,
      );
    });

    it('with accounts that can not be had', async () => {
      expect(await refusal({ ...target(), accounts: join(folder, 'none.txt') })).to.match(
        /^Accounts can't be had from ".*none\.txt": give "register"/,
      );
      const other = file('other.txt', 'romeo@elsewhere.test secret\n');
      expect(await refusal({ ...target(), accounts: other })).to.match(
        /other\.txt.*1.*is not at the domain under test, embedded\.test/,
      );
    });

    it('whose component port refuses: connections, the secret, the domain, the protocol', async () => {
      const [closed] = await freePorts(1);
      expect(await refusal({ ...target(), ...component(closed) })).to.match(/refuses connections/);
      expect(await refusal({ ...target(), ...component(), componentSecret: 'wrong' })).to.match(
        /refuses the secret of the component contact\.test: correct the secret\.$/,
      );
      expect(await refusal({ ...target(), ...component(), componentDomain: DOMAIN })).to.match(
        /component embedded\.test.*: .*\.$/,
      );
      expect(await refusal({ ...target(), ...component(server.port) })).to.match(
        /127\.0\.0\.1:\d+ .*: .*\.$/,
      );
    });

    it('with a CA that can not be read', async () => {
      const error = await judge({ ...target(), ca: join(folder, 'no-ca.pem') }).catch((reason) => reason);
      expect(error).to.be.instanceOf(UsageError);
      expect(error.message).to.match(/^--ca .*no-ca\.pem can't be read: ENOENT.*\.$/);
    });
  });

  describe('against a target that is lost on the way', () => {
    let plain: Reference;
    let clients: Meddler;
    let components: Meddler;
    beforeEach(async () => {
      plain = await startReference({ spec: 'rfc3921', domain: DOMAIN, tls: 'off', component: COMPONENT });
      clients = await startMeddler(plain.port);
      components = await startMeddler(plain.componentPort ?? 0);
      meddlers.push(clients, components);
    });
    afterEach(async () => {
      await plain.close();
    });

    const reached = (parts: RawOptions = {}) =>
      judge({
        ...target(clients.port),
        ...component(components.port),
        tls: 'off',
        jobs: 4,
        timeout: 2000,
        ...parts,
      });

    it('makes errors of the cases whose stream was dropped, and plays on', async () => {
      let cut = false;
      clients.meddle = (text, towards, link) => {
        if (!cut && towards === 'client' && /<presence[^>]*type='subscribed'/.test(text)) {
          cut = true;
          link.cut();
        }
        return text;
      };
      const result = await reached();
      expect(result).to.deep.include({ exitStatus: 2, interrupted: '' });
      const errors = result.cases.filter(({ outcome }) => outcome === 'error');
      expect(errors).to.have.length(1);
      expect(errors[0]?.reason).to.match(/^romeo\/[a-z]+ lost its stream: /);
      expect(result.summary.cases.pass).to.equal(result.cases.length - 1);
    });

    it('connects the component again when it was lost, once for all cases', async () => {
      let cut = false;
      components.meddle = (text, towards, link) => {
        if (!cut && towards === 'server' && text.includes("type='subscribed'")) {
          cut = true;
          link.cut();
          return '';
        }
        return text;
      };
      const result = await reached();
      expect(result).to.deep.include({ exitStatus: 2, interrupted: '' });
      const reasons = result.cases.filter(({ outcome }) => outcome === 'error').map(({ reason }) => reason);
      expect(reasons.length).to.be.within(1, 8);
      expect(reasons.join('\n')).to.match(/component|contact\.test|stream/);
      expect(result.summary.cases.pass).to.be.greaterThan(0);
    });

    it('ends when the component can not come back', async () => {
      let stopped = false;
      components.meddle = (text, towards) => {
        if (towards === 'server' && text.includes("type='subscribed'")) {
          stopped = true;
          void components.stop();
        }
        return stopped ? '' : text;
      };
      const result = await reached();
      expect(result.exitStatus).to.equal(2);
      expect(result.interrupted).to.match(/^The target was lost: 127\.0\.0\.1:\d+ refuses connections/);
      expect(result.cases.length).to.be.greaterThan(0);
    });

    it('ends when the server goes away', async () => {
      let stopped = false;
      clients.meddle = (text, towards) => {
        if (towards === 'client' && /<presence[^>]*type='subscribed'/.test(text)) {
          stopped = true;
          void clients.stop();
        }
        return stopped ? '' : text;
      };
      const result = await reached({ jobs: 1 });
      expect(result.exitStatus).to.equal(2);
      expect(result.interrupted).to.match(
        /^The target was lost: 127\.0\.0\.1:\d+ refuses connections: start/,
      );
      expect(result.cases.at(-1)?.outcome).to.equal('error');
    });

    it('ends after the cases under way when it is told to', async () => {
      const abort = new AbortController();
      const config = resolveConfig(
        { ...target(clients.port), ...component(components.port), tls: 'off', jobs: 1, only: ONLY },
        {},
        {},
      );
      const result = await run(config, {
        signal: abort.signal,
        progress: { caseEnded: () => abort.abort('Enough.') },
      });
      expect(result).to.deep.include({ interrupted: 'Enough.', exitStatus: 2 });
      expect(result.cases).to.have.length(1);
    });
  });
});
