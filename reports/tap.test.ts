import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { XmlDocument, type XmlElement } from 'libxml2-wasm';
import type { RunResult } from '../harness/verdict/result.js';
import { toJUnit } from './junit.js';
import { toTap } from './tap.js';
import { HOSTILE_TEXTS, hostileRun } from './testing/hostile.js';
import { sampleCase, sampleOfEverything, sampleRun } from './testing/sample.js';

const TAP_JUNIT = fileURLToPath(new URL('../node_modules/.bin/tap-junit', import.meta.url));

function throughTapJUnit(tap: string): string {
  const { stdout, status } = spawnSync(TAP_JUNIT, { input: tap, encoding: 'utf8', maxBuffer: 1 << 28 });
  expect(status).to.equal(0);
  return stdout.trim();
}

/** Name and verdict of each test case; error and failure are one in TAP. */
function verdicts(xml: string, nameOf: (suite: string, name: string) => string): string[] {
  using document = XmlDocument.fromString(xml);
  return document.find('//testcase').map((node) => {
    const testCase = node as XmlElement;
    const suite = testCase.get('../@name')?.content ?? '';
    const verdict = testCase.get('skipped')
      ? 'skipped'
      : testCase.get('failure | error')
        ? 'failed'
        : 'passed';
    return `${nameOf(suite, testCase.get('@name')?.content ?? '')} ${verdict}`;
  });
}

function expectSameAsJUnit(run: RunResult): void {
  const own = verdicts(toJUnit(run), (suite, name) => `${suite}: ${name}`.trim());
  expect(verdicts(throughTapJUnit(toTap(run)), (_, name) => name)).to.deep.equal(own);
}

describe('toTap', () => {
  it('has a plan, one test point a case and YAML for what failed', () => {
    const lines = toTap(sampleOfEverything()).split('\n');
    expect(lines.slice(0, 4)).to.deep.equal([
      'TAP version 13',
      '1..10',
      'ok 1 - subscription/inbound-subscribed: none + pending out',
      'not ok 2 - subscription/inbound-subscribed: to + pending in',
    ]);
    expect(lines).to.include('ok 6 - roster/set: skipped # SKIP No component given.');
    expect(lines).to.include('    - "MUST rfc6121:A.3.3/deliver"');
    expect(lines.filter((line) => line.startsWith('#'))).to.deep.equal([]);
  });

  it('gives tap-junit the cases and verdicts of our own JUnit', () => {
    expectSameAsJUnit(sampleOfEverything());
  });

  it('hands diagnostics on through tap-junit', () => {
    using document = XmlDocument.fromString(throughTapJUnit(toTap(sampleOfEverything())));
    const failures = document.find('//failure/@message').map((node) => node.content);
    expect(failures).to.have.lengthOf(5);
    expect(failures[0]).to.match(/^MUST rfc6121:A.3.3\/deliver: /);
    expect(document.find('//failure/@type').map((node) => node.content)).to.include('error');
  });

  it('does so for an interrupted and for an empty run', () => {
    expectSameAsJUnit(sampleRun([sampleCase()], { interrupted: 'Bail out!', exitStatus: 2 }));
    expectSameAsJUnit(sampleRun([], { exitStatus: 3 }));
  });

  it('does so whatever the target sent', () => {
    for (const text of HOSTILE_TEXTS) expectSameAsJUnit(hostileRun(text));
  }).timeout(60_000);
});
