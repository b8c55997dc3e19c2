import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { toJson } from '../reports/json.js';
import { sampleCase, sampleRun } from '../reports/testing/sample.js';
import { resolveConfig } from './config.js';
import { faultsIn, readReports } from './report.support.test.js';
import { runLanes } from './schedule.js';
import { openTarget } from './target.js';
import type { RunResult } from './verdict/result.js';

/** How long a program may take before it is killed, in milliseconds. */
const DEADLINE_MS = 30_000;

/** What a program said and how it ended; the status is null when it had to be killed. */
interface Ended {
  readonly out: string;
  readonly err: string;
  readonly status: number | null;
}

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url));
const ESCAPE = '\u001b';

/** Starts the program in a folder, and tells of every chunk that it prints. */
function start(
  folder: string,
  args: readonly string[],
  onOutput: (out: string, child: ChildProcess) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`--import=${import.meta.resolve('tsx')}`, CLI, ...args], {
      cwd: folder,
      env: {
        ...process.env,
        FORCE_COLOR: undefined,
        NO_COLOR: '1',
        GITHUB_ACTIONS: undefined,
        GITHUB_STEP_SUMMARY: undefined,
      },
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
    });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said.out += text;
      onOutput(said.out, child);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said.err += text;
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ ...said, status }));
  });
}

describe('xmpp-conform', function () {
  this.timeout(DEADLINE_MS * 2);
  const root = mkdtempSync(join(tmpdir(), 'xmpp-conform-cli-'));
  const folder = (name: string, files: Readonly<Record<string, string>> = {}) => {
    const path = join(root, name);
    mkdirSync(path);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    return path;
  };
  const ended = new Map<string, Promise<Ended>>();
  const wake = new Map<string, (end: Promise<Ended>) => void>();

  /** Declares a program run; all of them are begun before the first test, two at a time. */
  const programs: (() => Promise<unknown>)[] = [];
  function program(
    name: string,
    args: readonly string[],
    files: Readonly<Record<string, string>> = {},
    onOutput?: (out: string, child: ChildProcess) => void,
  ): string {
    ended.set(name, new Promise((resolve) => wake.set(name, resolve)));
    programs.push(() => {
      const end = start(folder(name, files), args, onOutput);
      wake.get(name)?.(end);
      return end.catch(() => undefined);
    });
    return name;
  }
  const end = async (name: string): Promise<Ended> => {
    const found = await ended.get(name);
    if (found === undefined) throw new Error(`no program ${name}`);
    expect(found.status, `${name} did not end by itself`).not.to.equal(null);
    return found;
  };
  const resultOf = (name: string, directory = 'conform-reports') => {
    const reports = readReports(join(root, name, directory));
    expect(faultsIn(reports)).to.deep.equal([]);
    return JSON.parse(reports.json) as RunResult;
  };

  before(() => {
    void runLanes(
      programs,
      2,
      (begin) => begin(),
      () => false,
    );
  });
  after(async () => {
    await Promise.all(ended.values());
    rmSync(root, { recursive: true });
  });

  const SMALL = ['--only', 'subscription/inbound-subscribed'];

  describe('judging', () => {
    const embedded = program('embedded', [...SMALL, '--output', 'reports/deep']);
    it('judges the embedded server, writes reports and prints no escape codes', async () => {
      const { out, err, status } = await end(embedded);
      expect(status, out + err).to.equal(0);
      expect(out).to.match(/\d+ cases, 24 at a time\./);
      expect(out).to.match(/broke no MUST of RFC 3921 in what was tested.*\(exit status 0\)\.\n$/);
      expect(out).to.include('results.json');
      expect(`${out}${err}`).not.to.include(ESCAPE);
      expect(resultOf(embedded, 'reports/deep').exitStatus).to.equal(0);
    });

    const recorded = program('recorded', [...SMALL, '--quiet', '--write-known-failures', 'known.xml']);
    it('writes known failures, and says how many', async () => {
      const { out, err, status } = await end(recorded);
      expect(status, out + err).to.equal(0);
      expect(out).to.match(/\n +known\.xml: 0 entries\n/);
      expect(readFileSync(join(root, recorded, 'known.xml'), 'utf8')).to.include('<known-failures ');
    });

    const faulty = program('faulty-record', [...SMALL, '--write-known-failures', 'known.xml'], {
      'known.xml': '<known-failures/>',
    });
    it('judges nothing when the file to be written can not be read', async () => {
      const { out, err, status } = await end(faulty);
      expect(status).to.equal(2);
      expect(out).to.equal('');
      expect(err).to.match(/^The fixtures can't be used:\n {2}known\.xml:1: /);
    });

    const interrupted = program('interrupted', ['--jobs', '1', '--settle', '300'], {}, (out, child) => {
      if (out.includes('cases, 1 at a time.') && !child.killed) child.kill('SIGINT');
    });
    it('ends on Ctrl-C after the cases under way, with reports', async () => {
      const { out, err, status } = await end(interrupted);
      expect(status, out + err).to.equal(2);
      expect(out).to.match(/ended early.*Interrupted; the report holds the cases played so far\./s);
      const result = resultOf(interrupted);
      expect(result.cases.length).to.be.within(0, 5);
      expect(result.interrupted).to.match(/^Interrupted;/);
    });

    const unreachable = program('unreachable', ['--target', '127.0.0.1:1', '--formats', 'json,junit,tap']);
    it('says in one sentence why a target can not be judged, and writes reports all the same', async () => {
      const { out, err, status } = await end(unreachable);
      expect(status, out + err).to.equal(2);
      expect(out.replaceAll(/\s+/g, ' ')).to.include(
        '127.0.0.1:1 refuses connections: start the server or correct the port.',
      );
      expect(err).to.equal('');
      expect(resultOf(unreachable)).to.deep.include({ exitStatus: 2, cases: [] });
    });

    const nothing = program('nothing', ['--only', 'roster/nothing']);
    it('ends with 3 when nothing matches', async () => {
      const { out, status } = await end(nothing);
      expect(status).to.equal(3);
      expect(out.replaceAll(/\s+/g, ' ')).to.include(
        'No case matches "roster/nothing"; "xmpp-conform list" shows',
      );
      expect(resultOf(nothing).exitStatus).to.equal(3);
    });

    const unwritable = program('unwritable', ['--only', 'roster/nothing', '--output', 'taken'], {
      taken: 'a file',
    });
    it('says that reports can not be written', async () => {
      const { err, status } = await end(unwritable);
      expect(status).to.equal(2);
      expect(err).to.match(/^Can't create the report directory taken \(.*\): make it writable or .*\.\n$/);
    });
  });

  describe('wrong usage', () => {
    const USAGE: readonly (readonly [string, readonly string[], RegExp, Record<string, string>?])[] = [
      ['an unknown option', ['--bogus'], /^error: unknown option '--bogus'\n\(xmpp-conform --help/],
      ['an unknown specification', ['--spec', 'rfc6120'], /'rfc6120' is invalid.*rfc3921, rfc6121/],
      [
        'a configuration that is no JSON',
        [],
        /^xmpp-conform\.config\.json is no JSON: .*\.\n$/s,
        { 'xmpp-conform.config.json': '{' },
      ],
      [
        'a CA that can not be read',
        ['--target', 'localhost', '--ca', 'none.pem'],
        /^--ca none\.pem can't be read: ENOENT.*\.\n$/,
      ],
      [
        'known failures that are no such file',
        ['--known-failures', 'known.xml'],
        /^The fixtures can't be used:\n {2}.*known\.xml:1: .*'known'/,
        { 'known.xml': '<known/>' },
      ],
    ];
    for (const [name, args, message, files] of USAGE) {
      const usage = program(name, args, files);
      it(`is told for ${name}, with exit status 2`, async () => {
        const { out, err, status } = await end(usage);
        expect(status).to.equal(2);
        expect(err).to.match(message);
        expect(out).to.equal('');
        expect(existsSync(join(root, name, 'conform-reports'))).to.equal(false);
      });
    }
  });

  describe('other commands', () => {
    const list = program('list', ['list', '--cases']);
    it('list shows scenarios and cases', async () => {
      const { out, status } = await end(list);
      expect(status).to.equal(0);
      expect(out).to.match(/^subscription\/inbound-subscribed +\d+ {2}\S/m);
      expect(out).to.match(/^ {2}subscription\/inbound-subscribed#none/m);
    });

    const show = program('show', ['show', 'subscription/inbound-subscribed']);
    it('show tells a scenario in prose', async () => {
      const { out, status } = await end(show);
      expect(status).to.equal(0);
      expect(out).to.match(/^Given$/m);
      expect(out).to.match(/^ {2}rfc6121:A\.3\.3\/\S+ {2}MUST/m);
    });

    const unknown = program('unknown', ['show', 'subscription/nowhere']);
    it('show says that there is no such scenario', async () => {
      const { err, status } = await end(unknown);
      expect(status).to.equal(3);
      expect(err).to.equal('There is no scenario "subscription/nowhere"; "xmpp-conform list" shows them.\n');
    });

    const lint = program('lint', ['lint', 'wrong.xml'], {
      'wrong.xml':
        '<scenario xmlns="urn:xmpp-conform:scenario:1" id="a/b">\n<title>T</title>\n<given/>\n</scenario>',
    });
    it('lint complains by file and line, with exit status 1', async () => {
      const { out, status } = await end(lint);
      expect(status).to.equal(1);
      expect(out).to.match(/^wrong\.xml:3: .*'given'.*\n/);
      expect(out).to.match(/\n\d+ complaints\.\n$/);
    });

    const coverage = program('coverage', ['coverage']);
    it('coverage counts clauses', async () => {
      const { out, status } = await end(coverage);
      expect(status).to.equal(0);
      expect(out).to.match(/^\d+ server clauses: \d+ judged, /m);
    });

    const served: string[] = [];
    const serve = program(
      'serve',
      ['serve', '--port', '0', '--component-port', '0', '--spec', 'rfc6121', '--domain', 'served.test'],
      {},
      (out, child) => {
        const at =
          /Serving served\.test \(rfc6121\) at 127\.0\.0\.1:(\d+), components of (\S+) at \S+:(\d+)\./.exec(
            out,
          );
        if (at === null || !out.includes('END CERTIFICATE') || served.length > 0) return;
        const [, port, componentDomain = '', componentPort] = at;
        served.push('');
        const config = resolveConfig(
          {
            target: `127.0.0.1:${port}`,
            domain: 'served.test',
            ca: join(root, 'ca.pem'),
            component: `127.0.0.1:${componentPort}`,
            componentDomain,
            componentSecret: 'secret',
          },
          {},
          {},
        );
        writeFileSync(join(root, 'ca.pem'), out.slice(out.indexOf('-----BEGIN')));
        void openTarget(config)
          .then(async (target) => {
            served.push(...target.findings);
            await target.close();
          })
          .catch((error: unknown) => served.push(String(error)))
          .finally(() => child.kill('SIGTERM'));
      },
    );
    it('serve runs the embedded server for any client until it is told to end', async () => {
      const { err, status } = await end(serve);
      expect(err).to.equal('');
      expect(status).to.equal(0);
      expect(served[1]).to.match(/logged in as preflight-\S+@served\.test\/preflight, TLS/);
      expect(served.join('\n')).to.include('a component connected at 127.0.0.1:');
    });
  });

  describe('merge', () => {
    const shard = (index: number) => {
      const run = sampleRun([sampleCase({ case: String(index) })]);
      return toJson({ ...run, selection: { ...run.selection, shard: { index, count: 2 } } });
    };
    const files = { '1.json': shard(1), '2.json': shard(2), 'other.json': toJson(sampleRun([sampleCase()])) };

    const merged = program(
      'merged',
      ['merge', '2.json', '1.json', '--output', 'all', '--formats', 'json,junit,tap'],
      files,
    );
    it('makes one result of all shards', async () => {
      const { out, err, status } = await end(merged);
      expect(status, out + err).to.equal(0);
      const result = resultOf(merged, 'all');
      expect(result.cases.map((item) => item.case)).to.deep.equal(['1', '2']);
      expect(result.selection).not.to.have.property('shard');
    });

    const partial = program('partial', ['merge', '2.json'], files);
    it('writes what there is when a shard is missing, which is no verdict', async () => {
      const { out, status } = await end(partial);
      expect(status).to.equal(2);
      expect(out).to.match(/Shard 1 of 2 is missing\. \(exit status 2\)\.\n$/);
      expect(resultOf(partial).cases).to.have.length(1);
    });

    const refused = program('no-shard', ['merge', '1.json', 'other.json'], files);
    it('says in one sentence what can not be merged', async () => {
      const { out, err, status } = await end(refused);
      expect(status).to.equal(2);
      expect(out).to.equal('');
      expect(err).to.equal('other.json is no shard but a whole run: merge takes what --shard made.\n');
    });
  });
});
