import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type RawOptions, resolveConfig } from './config.js';
import { loadFixtures } from './fixtures.js';
import { loadKnownFailures } from './known-failures.js';
import { type Reference, startReference } from './reference/server.js';
import { run } from './run.js';
import type { RunResult } from './verdict/result.js';
import { openRecord } from './write-known-failures.js';

const DOMAIN = 'embedded.test';
const COMPONENT = { domain: 'contact.test', secret: 'secret' };
const FAULT = 'roster/no-item-at-request';
const SCENARIO = 'subscription/outbound-subscribe';

describe('known failures, from run to run', function () {
  this.timeout(30_000);
  const fixtures = loadFixtures();
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-known-'));
  const servers: Reference[] = [];
  let file = '';
  let text = '';
  let faulty: Reference;
  let first: RunResult;

  async function serve(faults: readonly string[]): Promise<Reference> {
    const server = await startReference({
      spec: 'rfc3921',
      domain: DOMAIN,
      tls: 'off',
      component: COMPONENT,
      faults,
    });
    servers.push(server);
    return server;
  }

  async function judge(server: Reference, given: RawOptions): Promise<RunResult> {
    const config = resolveConfig(
      {
        target: `127.0.0.1:${server.port}`,
        domain: DOMAIN,
        tls: 'off',
        component: `127.0.0.1:${server.componentPort}`,
        componentDomain: COMPONENT.domain,
        componentSecret: COMPONENT.secret,
        only: [SCENARIO],
        timeout: 600,
        ...given,
      },
      {},
      {},
    );
    const record = openRecord(config, fixtures);
    const result = await run(config, { fixtures });
    record?.(result);
    return result;
  }

  /** A file of its own with the list as it was written, changed. */
  function changed(name: string, change: (before: string) => string): string {
    const path = join(folder, name);
    const after = change(text);
    expect(after, 'the change is none').not.to.equal(text);
    writeFileSync(path, after);
    return path;
  }

  before(async () => {
    faulty = await serve([FAULT]);
    file = join(folder, 'known.xml');
    first = await judge(faulty, { writeKnownFailures: file });
    text = readFileSync(file, 'utf8');
  });

  after(async () => {
    for (const server of servers) await server.close();
    rmSync(folder, { recursive: true });
  });

  it('lists what fails, by clause and difference, in words that hold for any run', async () => {
    expect(first.exitStatus).to.equal(1);
    expect(text).to.match(/<failure clause="rfc3921:8\.2\/request-push">\n(\s+<case .*\/>\n){2}/);
    expect(text).to.include('<expected-difference>received nothing</expected-difference>');
    expect(text).to.include('<why>TODO: why</why>');
    expect(text, 'what counts under the other specification is listed when that is chosen').not.to.include(
      'rfc6121',
    );
    const again = join(folder, 'again.xml');
    await judge(faulty, { writeKnownFailures: again });
    expect(readFileSync(again, 'utf8')).to.equal(text);
  });

  it('expects all of it in the next run', async () => {
    const result = await judge(faulty, { knownFailures: file });
    expect(result).to.deep.include({ exitStatus: 0, interrupted: '' });
    expect(result.summary.cases.fail).to.be.greaterThan(0);
    expect(result.knownFailures.stale).to.deep.equal([]);
  });

  it('fails where the failure has another reason than the stated one', async () => {
    const other = changed('other-reason.xml', (before) =>
      before.replaceAll('received nothing', 'received it twice'),
    );
    const result = await judge(faulty, { knownFailures: other });
    expect(result.exitStatus).to.equal(1);
    expect(result.cases.flatMap(({ known }) => known.map(({ status }) => status))).to.include('other-reason');
    expect(result.knownFailures.stale).to.deep.equal([]);
  });

  it('fails on a failure that is not listed', async () => {
    const fewer = changed('fewer.xml', (before) =>
      before.replace(/ {2}<failure clause="rfc3921:8\.2\/request-push">.*?<\/failure>\n/s, ''),
    );
    expect(await judge(faulty, { knownFailures: fewer })).to.deep.include({ exitStatus: 1 });
  });

  it('fails on an entry for a case that does not exist, and says which line to delete', async () => {
    const stale = changed('stale.xml', (before) => before.replace('name="none, no item"', 'name="nobody"'));
    const result = await judge(faulty, { knownFailures: stale });
    expect(result.exitStatus).to.equal(1);
    expect(result.knownFailures.stale).to.have.length(1);
    expect(result.knownFailures.stale[0]).to.match(
      /stale\.xml:4: there is no .*, case "nobody"; delete the line\.$/,
    );
  });

  it('fails once the fault is gone, and says which lines to delete; writing the list again empties it', async () => {
    const sound = await serve([]);
    const copy = changed('mended.xml', (before) => before.replace('TODO: why', 'bug 17'));
    const result = await judge(sound, { knownFailures: copy, writeKnownFailures: copy });
    expect(result.exitStatus).to.equal(1);
    const entries = loadKnownFailures(file);
    expect(result.knownFailures.stale).to.have.length(entries.length);
    for (const [index, entry] of entries.entries()) {
      const line = entry.source.slice(entry.source.lastIndexOf(':'));
      expect(result.knownFailures.stale[index]).to.match(
        new RegExp(`mended\\.xml${line}: .* passes now; delete the line\\.$`),
      );
    }
    expect(loadKnownFailures(copy)).to.deep.equal([]);
    expect(await judge(sound, { knownFailures: copy })).to.deep.include({ exitStatus: 0 });
  });

  it('keeps comment, target, reasons and evidence of what still fits, and what was not played', async () => {
    const kept = changed('kept.xml', (before) =>
      before
        .replace('<known-failures', '<!-- What Sample 1.0 breaks. -->\n<known-failures')
        .replace(/target=".*?"/, 'target="Sample 1.0"')
        .replace(
          '<why>TODO: why</why>',
          '<why>Bug 17 &amp; more.</why>\n    <evidence>kept/one.md</evidence>',
        )
        .replace(
          '</known-failures>',
          `<failure clause="rfc3921:9.3/unplayed"><case scenario="subscription/inbound-subscribed" name="none + pending out"/>
           <expected-difference>received nothing</expected-difference><why>Bug 18.</why></failure></known-failures>`,
        ),
    );
    await judge(faulty, { writeKnownFailures: kept });
    const written = readFileSync(kept, 'utf8');
    expect(written).to.include('<!-- What Sample 1.0 breaks. -->\n<known-failures');
    expect(written).to.include('target="Sample 1.0"');
    expect(written).to.include('<why>Bug 17 &amp; more.</why>\n    <evidence>kept/one.md</evidence>');
    expect(written).to.include('<why>Bug 18.</why>');
    await judge(faulty, { writeKnownFailures: kept });
    expect(readFileSync(kept, 'utf8')).to.equal(written);
  });

  it('lists a broken SHOULD where it fails the run', async () => {
    const strict = join(folder, 'strict.xml');
    const given = { spec: 'rfc6121', strict: true } as const;
    await judge(faulty, { ...given, writeKnownFailures: strict });
    expect(readFileSync(strict, 'utf8')).to.include('rfc6121:2.1.2.2/pending-out-shown');
    expect(await judge(faulty, { ...given, knownFailures: strict })).to.deep.include({ exitStatus: 0 });
  });
});
