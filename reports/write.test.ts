import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toJUnit } from './junit.js';
import { sampleOfEverything } from './testing/sample.js';
import { REPORT_FORMATS, ReportError, writeReports } from './write.js';

const FILES = ['results.json', 'junit.xml', 'results.tap', 'summary.md', 'report.html'];

describe('writeReports', () => {
  const run = sampleOfEverything();
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'reports-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  async function errorOf(work: Promise<unknown>): Promise<unknown> {
    return work.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it('creates the directory and writes each report, leaving nothing else', async () => {
    const target = join(directory, 'a', 'b');
    const paths = await writeReports(run, target, REPORT_FORMATS);
    expect(paths).to.deep.equal(FILES.map((name) => join(target, name)));
    expect((await readdir(target)).sort()).to.deep.equal([...FILES].sort());
    expect(await readFile(join(target, 'junit.xml'), 'utf8')).to.equal(toJUnit(run));
  });

  it('replaces what an earlier run wrote', async () => {
    await writeFile(join(directory, 'junit.xml'), 'old');
    await writeReports(run, directory, ['junit']);
    expect(await readFile(join(directory, 'junit.xml'), 'utf8')).to.equal(toJUnit(run));
  });

  it('says which report failed and still writes the others', async () => {
    await mkdir(join(directory, 'junit.xml'));
    const error = await errorOf(writeReports(run, directory, REPORT_FORMATS));
    expect(error).to.be.instanceOf(ReportError);
    expect(String(error)).to.contain(join(directory, 'junit.xml')).and.to.contain('choose another directory');
    expect((await readdir(directory)).sort()).to.deep.equal([...FILES].sort());
  });

  it('says that the directory could not be made', async () => {
    await writeFile(join(directory, 'file'), '');
    const error = await errorOf(writeReports(run, join(directory, 'file', 'reports'), ['json']));
    expect(String(error)).to.contain('create the report directory');
  });

  it('does nothing without formats', async () => {
    expect(await writeReports(run, join(directory, 'none'), [])).to.deep.equal([]);
    expect(await readdir(directory)).to.deep.equal([]);
  });
});
