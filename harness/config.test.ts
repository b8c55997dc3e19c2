import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type RawOptions, readConfigFile, resolveConfig, UsageError } from './config.js';

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.exitStatus).to.equal(2);
    return error.message;
  }
  throw new Error('expected a UsageError, but it succeeded');
}

const resolve = (given: RawOptions, file: RawOptions = {}, environment = {}) =>
  resolveConfig(given, file, environment);

describe('resolveConfig', () => {
  it('has defaults for everything', () => {
    expect(resolve({})).to.deep.equal({
      target: undefined,
      domain: 'embedded.test',
      tls: 'starttls',
      ca: undefined,
      insecure: false,
      accounts: 'register',
      component: undefined,
      s2s: undefined,
      spec: 'rfc3921',
      strict: false,
      only: [],
      skip: [],
      section: [],
      jobs: 24,
      timeoutMs: 5000,
      settleMs: 100,
      knownFailures: undefined,
      writeKnownFailures: undefined,
      shard: undefined,
      output: 'conform-reports',
      formats: ['json', 'junit', 'tap', 'markdown', 'html'],
      quiet: false,
    });
  });

  it('puts the command line before the file, and the file before the defaults', () => {
    const config = resolve({ jobs: '2', only: ['a/*'] }, { jobs: 3, settle: 7, only: ['b/*'], strict: true });
    expect(config).to.deep.include({ jobs: 2, settleMs: 7, only: ['a/*'], strict: true, timeoutMs: 5000 });
  });

  it('takes the secret from the command line, else the environment, else the file', () => {
    const component = { target: 'a', component: 'localhost:5347', componentDomain: 'contact.test' };
    const secret = (given: RawOptions, environment: Record<string, string>) =>
      resolve({ ...component, ...given }, { componentSecret: 'file' }, environment).component?.secret;
    const environment = { XMPP_CONFORM_COMPONENT_SECRET: 'environment' };
    expect(secret({ componentSecret: 'line' }, environment)).to.equal('line');
    expect(secret({}, environment)).to.equal('environment');
    expect(secret({}, {})).to.equal('file');
  });

  it('takes the domain from the host of the target', () => {
    const domain = (target: string) => resolve({ target }).domain;
    expect(domain('im.example')).to.equal('im.example');
    expect(domain('im.example:5223')).to.equal('im.example');
    expect(domain('[::1]:5222')).to.equal('::1');
    expect(domain('::1')).to.equal('::1');
    expect(resolve({ target: '127.0.0.1', domain: 'im.example' }).domain).to.equal('im.example');
    expect(resolve({ target: 'IM.Example' }).domain).to.equal('im.example');
  });

  it('reads where the component connects', () => {
    const component = (address: string) =>
      resolve({ target: 'a', component: address, componentDomain: 'c.test', componentSecret: 's' }).component;
    expect(component('localhost:5347')).to.deep.equal({
      host: 'localhost',
      port: 5347,
      domain: 'c.test',
      secret: 's',
    });
    expect(component('[::1]:5347')).to.deep.include({ host: '::1', port: 5347 });
    for (const wrong of ['localhost', 'localhost:0', 'localhost:65536', ':5347', 'a:b:1', '']) {
      expect(
        refusal(() => component(wrong)),
        wrong,
      ).to.equal(`--component must be HOST:PORT, such as localhost:5347, not "${wrong}".`);
    }
  });

  it('names what a component lacks', () => {
    expect(refusal(() => resolve({ target: 'a', component: 'a:1' }))).to.equal(
      'A component needs --component-domain and --component-secret (or XMPP_CONFORM_COMPONENT_SECRET) as well.',
    );
    expect(refusal(() => resolve({}, {}, { XMPP_CONFORM_COMPONENT_SECRET: 's' }))).to.equal(
      'A component needs --component HOST:PORT and --component-domain as well.',
    );
  });

  it('reads how to federate, with a usual port, a domain of nobody and loopback', () => {
    const s2s = (given: RawOptions) => resolve(given).s2s;
    expect(s2s({ s2s: true })).to.deep.equal({
      address: undefined,
      domain: 'remote.test',
      listen: { host: '127.0.0.1', port: 0 },
      dns: undefined,
      streams: 'two',
    });
    expect(s2s({ target: 'im.example:5222', s2s: true, dns: '5353' })).to.deep.include({
      address: { host: 'im.example', port: 5269 },
      dns: { host: '127.0.0.1', port: 5353 },
    });
    const own = {
      s2s: '[::1]:5270',
      s2sDomain: 'Remote.Example',
      s2sListen: '[::1]:5271',
      s2sStreams: 'one',
    };
    expect(s2s({ target: 'a', ...own })).to.deep.equal({
      address: { host: '::1', port: 5270 },
      domain: 'remote.example',
      listen: { host: '::1', port: 5271 },
      dns: undefined,
      streams: 'one',
    });
    expect(s2s({ target: 'a', s2s: false })).to.equal(undefined);
    for (const [given, taken] of [
      ['xn--BCHER-kva.test', 'bücher.test'],
      ['BÜCHER.test', 'bücher.test'],
      ['127.0.0.1', '127.0.0.1'],
      ['[::1]', '[::1]'],
    ]) {
      expect(s2s({ s2s: true, s2sDomain: given ?? '' })?.domain).to.equal(taken);
    }
  });

  it('reads lists of formats', () => {
    expect(resolve({ formats: 'tap, json' }).formats).to.deep.equal(['tap', 'json']);
    expect(resolve({}, { formats: ['junit'] }).formats).to.deep.equal(['junit']);
    expect(resolve({}, { formats: [] }).formats).to.deep.equal([]);
  });

  const WRONG: readonly (readonly [RawOptions, string])[] = [
    [
      { component: 'a:1', componentDomain: 'c.test', componentSecret: 's' },
      '--component needs --target: the embedded server has a component of its own.',
    ],
    [{ dns: '5353' }, '--dns needs --s2s as well.'],
    [{ s2sStreams: 'one' }, '--s2s-streams needs --s2s as well.'],
    [{ s2s: true, s2sStreams: '1' }, '--s2s-streams must be one or two, not "1".'],
    [{ s2sListen: '5269', s2s: false }, '--s2s-listen needs --s2s as well.'],
    [{ s2s: 'a:1' }, '--s2s takes an address only with --target: the embedded server brings its own.'],
    [
      { target: 'a', s2s: true, component: 'a:1', componentDomain: 'c.test', componentSecret: 's' },
      '--s2s and --component exclude each other: the contacts live at one place.',
    ],
    [
      { target: 'a', s2s: true, s2sListen: '5269' },
      '--s2s needs --dns, which leads the target to the contacts, or --s2s-domain and --s2s-listen, to which your own name service leads it.',
    ],
    [{ target: 'a', s2s: 'a', dns: '53' }, '--s2s must be HOST:PORT, such as localhost:5269, not "a".'],
    [
      { target: 'a', s2s: true, dns: 'x' },
      '--dns must be [HOST:]PORT, such as 5269 or 127.0.0.1:5269, not "x".',
    ],
    [
      { target: 'a', s2s: true, dns: '53', s2sListen: '0.0.0.0:5269' },
      '--s2s-listen must name the address that the target connects to, which --dns gives it, not 0.0.0.0.',
    ],
    [
      { s2s: true, s2sListen: '[0::0]:5269' },
      '--s2s-listen must name the address that the target connects to, which --dns gives it, not 0::0.',
    ],
    ...['', 'a b', 'me@remote.test', 'remote..test', `${'x'.repeat(64)}.test`].map(
      (s2sDomain): [RawOptions, string] => [
        { s2s: true, s2sDomain },
        `--s2s-domain must be a domain, such as remote.test, of at most 180 characters, not "${s2sDomain}".`,
      ],
    ),
    [
      { target: 'remote.test', s2s: true, dns: '53' },
      "--s2s-domain remote.test holds the target's own domain, remote.test: give the contacts another one.",
    ],
    [{ target: '' }, '--target needs a host, such as --target localhost:5222.'],
    [{ tls: 'ssl' }, '--tls must be starttls, direct or off, not "ssl".'],
    [{ spec: 'rfc6120' }, '--spec must be rfc3921 or rfc6121, not "rfc6120".'],
    [{ jobs: '0' }, '--jobs must be a whole number from 1 on, not "0".'],
    [{ jobs: 1.5 }, '--jobs must be a whole number from 1 on, not "1.5".'],
    [{ timeout: '5s' }, '--timeout must be a whole number from 1 on, not "5s".'],
    [{ timeout: '' }, '--timeout must be a whole number from 1 on, not "".'],
    [{ settle: -1 }, '--settle must be a whole number from 0 on, not "-1".'],
    [
      { settle: '99999999999999999999' },
      '--settle must be a whole number from 0 on, not "99999999999999999999".',
    ],
    [{ formats: 'json,pdf' }, '--formats must be json, junit, tap, markdown or html, not "pdf".'],
    [{ formats: '' }, '--formats must be json, junit, tap, markdown or html, not "".'],
  ];
  for (const [given, message] of WRONG) {
    it(`refuses ${JSON.stringify(given)} in one sentence`, () => {
      expect(refusal(() => resolve(given))).to.equal(message);
    });
  }
});

describe('readConfigFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-config-'));
  const file = join(folder, 'options.json');
  after(() => rmSync(folder, { recursive: true }));

  const read = (text: string) => {
    writeFileSync(file, text);
    return readConfigFile(file);
  };

  it('reads options by their long names', () => {
    const options = { target: 'localhost', insecure: true, only: ['a/*'], jobs: 4 };
    expect(read(JSON.stringify(options))).to.deep.equal(options);
  });

  it('takes a missing file for an empty one', () => {
    expect(readConfigFile(join(folder, 'nowhere.json'))).to.deep.equal({});
  });

  it('says what is wrong in the file', () => {
    const wrong = (text: string) => refusal(() => read(text)).replace(`${file}`, 'FILE');
    expect(wrong('{"target": }')).to.match(/^FILE is no JSON: .*\.$/s);
    expect(wrong('')).to.match(/^FILE is no JSON: /);
    expect(wrong('[]')).to.equal('FILE must hold one object of options, such as { "target": "localhost" }.');
    expect(wrong('null')).to.match(/^FILE must hold one object/);
    expect(wrong('{"targte": "a"}')).to.match(
      /^FILE: there is no option "targte"; the options are target, domain, .*quiet\.$/,
    );
    expect(wrong('{"constructor": "a"}')).to.match(/^FILE: there is no option "constructor"/);
    expect(wrong('{"jobs": "4"}')).to.equal('FILE: "jobs" must be a number.');
    expect(wrong('{"only": "a/*"}')).to.equal('FILE: "only" must be a list of strings.');
    expect(wrong('{"skip": [1]}')).to.equal('FILE: "skip" must be a list of strings.');
    expect(wrong('{"strict": null}')).to.equal('FILE: "strict" must be a boolean.');
  });

  it('says that a file can not be read', () => {
    expect(refusal(() => readConfigFile(folder))).to.match(/can't be read: EISDIR/);
  });
});

describe('--shard', () => {
  it('is a part and how many there are', () => {
    expect(resolve({ shard: '2/4' }).shard).to.deep.equal({ index: 2, count: 4 });
    expect(resolve({}, { shard: '1/1' }).shard).to.deep.equal({ index: 1, count: 1 });
  });

  for (const shard of ['0/4', '5/4', '1/0', '2', '1/2/3', 'a/b', '-1/2', '', '1/9999999']) {
    it(`can't be "${shard}"`, () => {
      expect(refusal(() => resolve({ shard }))).to.equal(
        `--shard must be I/N with I from 1 to N, such as 2/4, not "${shard}".`,
      );
    });
  }
});
