import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { githubAnnotations } from '../reports/annotations.js';
import { MAX_SUMMARY, toMarkdown } from '../reports/markdown.js';
import { sampleOfEverything } from '../reports/testing/sample.js';
import { addToJobSummary, githubLog } from './github.js';

describe('githubLog', () => {
  it('is there in GitHub Actions alone', () => {
    expect(githubLog({})).to.equal(undefined);
    expect(githubLog({ GITHUB_ACTIONS: 'false' })).to.equal(undefined);
  });

  it('has no line obeyed until the annotations, and nobody can know the word that ends this', () => {
    const run = sampleOfEverything();
    const log = githubLog({ GITHUB_ACTIONS: 'true' });
    const [, token] = /^::stop-commands::([0-9a-f-]{36})\n$/.exec(log?.begin ?? '') ?? [];
    expect(log?.end(run)).to.equal(`::${token}::\n${githubAnnotations(run)}`);
    expect(log?.end(undefined)).to.equal(`::${token}::\n`);
    expect(githubLog({ GITHUB_ACTIONS: 'true' })?.begin).not.to.equal(log?.begin);
  });
});

describe('addToJobSummary', () => {
  const run = sampleOfEverything();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-summary-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('adds to what is there', () => {
    const file = join(folder, 'summary.md');
    expect(addToJobSummary(run, {})).to.equal('');
    expect(addToJobSummary(run, { GITHUB_STEP_SUMMARY: file })).to.equal('');
    expect(addToJobSummary(run, { GITHUB_STEP_SUMMARY: file })).to.equal('');
    expect(readFileSync(file, 'utf8')).to.equal(toMarkdown(run).repeat(2));
  });

  it('leaves out what would be too much for one step', () => {
    const file = join(folder, 'summary.md');
    writeFileSync(file, 'x'.repeat(MAX_SUMMARY - 10));
    expect(addToJobSummary(run, { GITHUB_STEP_SUMMARY: file })).to.equal('');
    expect(readFileSync(file, 'utf8')).to.have.length(MAX_SUMMARY - 10);
  });

  it('says why it could not', () => {
    expect(addToJobSummary(run, { GITHUB_STEP_SUMMARY: folder })).to.match(
      /^The job summary can't be written: .*\.$/,
    );
  });
});
