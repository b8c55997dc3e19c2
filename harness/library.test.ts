import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RawOptions } from './config.js';
import {
  type CaseResult,
  REPORT_FORMATS,
  type RunOptions,
  type RunResult,
  readResult,
  renderCase,
  renderReport,
  renderText,
  run,
  UsageError,
  writeReports,
} from './index.js';
import { startReference } from './reference/server.js';

const SMALL: RunOptions = { only: ['session/features', 'session/binding'], jobs: 4, settle: 200 };

/** Options of the configuration file that a program can't give; the type fails to compile when one is forgotten. */
type Forgotten = Exclude<
  keyof RawOptions,
  keyof RunOptions | 'output' | 'formats' | 'quiet' | 'writeKnownFailures'
>;
const forgotten: Forgotten[] = [] satisfies never[];

/** What a run refuses. */
async function refusal(options: object): Promise<string> {
  try {
    await run(options);
  } catch (error) {
    expect(error).to.be.instanceOf(UsageError);
    return (error as UsageError).message;
  }
  throw new Error('The run took the options.');
}

/** What stays the same when the same cases are played again. */
function verdicts({ cases }: RunResult): string[] {
  return cases.map((item) => `${item.scenario}#${item.case}: ${item.outcome}`);
}

describe('the library', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-library-'));
  after(() => rmSync(folder, { recursive: true }));

  it('knows every option of the configuration file but those for reports', () => {
    expect(forgotten).to.deep.equal([]);
  });

  it('judges the embedded server and tells how it goes on', async () => {
    const ready: string[] = [];
    const ended: CaseResult[] = [];
    const result = await run({
      ...SMALL,
      onReady: (target, cases) => ready.push(`${target.domain} ${cases}`),
      onCase: (item, done, total) => {
        ended.push(item);
        expect([done, total]).to.deep.equal([ended.length, Number(ready[0]?.split(' ')[1])]);
      },
    });
    expect(result).to.deep.include({ exitStatus: 0, interrupted: '' });
    expect(ready).to.deep.equal([`embedded.test ${result.cases.length}`]);
    expect(ended.map((item) => item.case)).to.have.members(result.cases.map((item) => item.case));
  });

  it('judges two servers side by side, each by what it is', async () => {
    const faulty = await startReference({
      spec: 'rfc3921',
      domain: 'faulty.test',
      tls: 'off',
      component: { domain: 'contact.test', secret: 'secret' },
      faults: ['session/not-offered'],
    });
    try {
      const only = ['session/features', 'session/binding'];
      const target = `127.0.0.1:${faulty.port}`;
      const component = {
        component: `127.0.0.1:${faulty.componentPort}`,
        componentDomain: 'contact.test',
        componentSecret: 'secret',
      };
      const options: RunOptions = {
        target,
        domain: 'faulty.test',
        tls: 'off',
        only,
        timeout: 500,
        ...component,
      };
      const [broken, sound] = await Promise.all([run(options), run({ only })]);
      expect(sound.exitStatus, renderText(sound)).to.equal(0);
      expect(broken.exitStatus, renderText(broken)).to.equal(1);
      const failed = broken.cases.filter((item) => item.outcome === 'fail');

      expect(failed.map((item) => renderCase(item, 'rfc3921')).join('')).to.match(/^FAIL session\/features/);
    } finally {
      await faulty.close();
    }
  });

  it('gives the same verdicts when it runs twice', async () => {
    const first = await run(SMALL);
    expect(verdicts(await run(SMALL))).to.deep.equal(verdicts(first));
  });

  it('leaves the process as it was: no output, listener, folder or exit status', async () => {
    const signals = ['SIGINT', 'SIGTERM', 'uncaughtException', 'unhandledRejection', 'exit'];
    const listeners = () => signals.map((name) => process.listenerCount(name));
    const written: unknown[] = [];
    const before = {
      listeners: listeners(),
      cwd: process.cwd(),
      files: readdirSync('.'),
      exit: process.exitCode,
    };
    const write = [process.stdout.write, process.stderr.write] as const;
    const keep = (text: unknown) => written.push(text) > 0;
    process.stdout.write = keep;
    process.stderr.write = keep;
    try {
      await run(SMALL);
    } finally {
      [process.stdout.write, process.stderr.write] = write;
    }
    expect(written).to.deep.equal([]);
    const after = {
      listeners: listeners(),
      cwd: process.cwd(),
      files: readdirSync('.'),
      exit: process.exitCode,
    };
    expect(after).to.deep.equal(before);
  });

  it('ends early when it is aborted, and says so in the result', async () => {
    const abort = new AbortController();
    const result = await run({
      ...SMALL,
      jobs: 1,
      signal: abort.signal,
      onCase: () => abort.abort(new Error('Enough seen.')),
    });
    expect(result.cases).to.have.length(1);
    expect(result.exitStatus).to.equal(2);
    expect(result.interrupted).to.equal('Aborted: Enough seen; the result holds the cases played so far.');
    const never = await run({ ...SMALL, signal: AbortSignal.abort('') });
    expect(never).to.deep.include({ exitStatus: 2, cases: [] });
  });

  it('rejects with what a listener throws, once the run has come to its end', async () => {
    const fault = new Error('The listener is wrong.');
    const throwing = () => {
      throw fault;
    };
    for (const listener of [{ onReady: throwing }, { onCase: throwing }]) {
      const error = await run({ ...SMALL, ...listener }).catch((reason: unknown) => reason);
      expect(error).to.equal(fault);
    }
  });

  it('gives a result for a server that is not there', async () => {
    const result = await run({ ...SMALL, target: '127.0.0.1:1' });
    expect(result).to.deep.include({ exitStatus: 2, cases: [] });
    expect(result.interrupted).to.match(/127\.0\.0\.1:1 refuses connections/);
  });

  it('refuses options that are unknown, wrong or not for it', async () => {
    expect(await refusal({ targte: 'localhost' })).to.match(
      /^run\(\): there is no option "targte"; the options are target, /,
    );
    expect(await refusal({ output: 'reports' })).to.match(/^run\(\): there is no option "output"/);
    expect(await refusal({ jobs: '4' })).to.equal('run(): "jobs" must be a number.');
    expect(await refusal({ spec: 'rfc1' })).to.equal('--spec must be rfc3921 or rfc6121, not "rfc1".');
    const { exitStatus } = await run({ only: ['nothing/*'] });
    expect(exitStatus).to.equal(3);
  });

  it('takes what is undefined for absent', async () => {
    const options = { ...SMALL, ...({ target: undefined, ca: undefined } as object) };
    expect((await run(options)).exitStatus).to.equal(0);
  });

  it('does not look at a configuration file or the environment', async () => {
    writeFileSync(join(folder, 'xmpp-conform.config.json'), '{"target": "nowhere.invalid"}');
    process.env.XMPP_CONFORM_COMPONENT_SECRET = 'set';
    try {
      expect((await run(SMALL)).exitStatus).to.equal(0);
    } finally {
      delete process.env.XMPP_CONFORM_COMPONENT_SECRET;
    }
  });

  it('renders, writes and reads back a result', async () => {
    const result = await run(SMALL);
    const written = await writeReports(result, join(folder, 'reports'), REPORT_FORMATS);
    expect(written).to.have.length(REPORT_FORMATS.length);
    expect(readResult(join(folder, 'reports'))).to.deep.equal(JSON.parse(renderReport(result, 'json')));
    expect(() => renderReport(result, 'pdf' as 'json')).to.throw(RangeError, /no report "pdf"/);
  });
});
