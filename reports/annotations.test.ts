import { expect } from 'chai';
import { githubAnnotations } from './annotations.js';
import { HOSTILE_TEXTS, hostileRun } from './testing/hostile.js';
import { sampleCase, sampleCheck, sampleOfEverything, sampleRun } from './testing/sample.js';

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');

/** The form that GitHub reads: the values of properties escaped, so that none ends before it does. */
const COMMAND = /^::(error|warning|notice) (?:file=[^:,]+,line=\d+,)?title=[^:,]+::[^\r\n]*$/;

describe('githubAnnotations', () => {
  it('tells what fails the run, at the line of the scenario or of the known failure', () => {
    const run = sampleRun(sampleOfEverything().cases, {
      knownFailures: {
        file: 'known.xml',
        stale: ['known.xml:12: rfc6121:A.3.3/x in a, case "b" passes now; delete the line.'],
      },
    });
    const lines = linesOf(githubAnnotations(run));
    expect(lines[0]).to.equal(
      '::error file=fixtures/scenarios/subscription/inbound-subscribed.xml,line=23,title=xmpp-conform%3A MUST rfc6121%3AA.3.3/deliver::An approval that answers a pending request is delivered to the available resources of the user. In subscription/inbound-subscribed: to + pending in and 1 more case: The approval did not arrive within 5 s.',
    );
    expect(lines[1]).to.equal(
      '::error file=known.xml,line=12,title=xmpp-conform%3A known failure out of date::rfc6121:A.3.3/x in a, case "b" passes now; delete the line.',
    );
    expect(lines.map((line) => line.slice(2, line.indexOf(' ')))).to.deep.equal([
      'error',
      'error',
      'error',
      'error',
      'warning',
    ]);
  });

  it('says nothing of a run in which all is well, or all is known', () => {
    expect(githubAnnotations(sampleRun([sampleCase()]))).to.equal('');
    const known = { status: 'expected', clause: 'rfc6121:A.3.3/deliver', why: 'bug 17' } as const;
    expect(
      githubAnnotations(
        sampleRun([sampleCase({ outcome: 'fail', checks: [sampleCheck()], known: [known] })]),
      ),
    ).to.equal('');
  });

  it('says first why there is no verdict', () => {
    const lines = linesOf(
      githubAnnotations(sampleRun([], { interrupted: 'The target was lost.', exitStatus: 2 })),
    );
    expect(lines).to.deep.equal(['::error title=xmpp-conform%3A no verdict::The target was lost.']);
  });

  it('shows ten of a kind, the gravest, and says how many are left', () => {
    const broken = (level: 'MUST' | 'SHOULD', at: number) =>
      sampleCheck({ clause: `rfc6121:1/${level}-${at}`, level, outcome: level === 'MUST' ? 'fail' : 'warn' });
    const checks = Array.from({ length: 13 }, (_, at) => [broken('SHOULD', at), broken('MUST', at)]).flat();
    const lines = linesOf(githubAnnotations(sampleRun([sampleCase({ outcome: 'fail', checks })])));
    expect(lines.filter((line) => line.startsWith('::error '))).to.have.length(10);
    expect(lines.filter((line) => line.startsWith('::warning '))).to.have.length(10);
    expect(lines.at(-1)).to.equal(
      '::notice title=xmpp-conform%3A not all are shown::3 more errors and 3 more warnings in the reports',
    );
  });

  it('escapes what would end a value or a line', () => {
    const checks = [
      sampleCheck({ clause: 'rfc6121:1/a,b%c', source: 'a,b:c.xml:7', reason: '100 %\r\n::error::no' }),
    ];
    const [line = ''] = linesOf(githubAnnotations(sampleRun([sampleCase({ outcome: 'fail', checks })])));
    expect(line).to.include('file=a%2Cb%3Ac.xml,line=7,title=xmpp-conform%3A MUST rfc6121%3A1/a%2Cb%25c::');
    expect(line).to.match(/100 %25 ::error::no$/);
  });

  it('is one command a line whatever the target sent', () => {
    for (const text of HOSTILE_TEXTS) {
      for (const line of linesOf(githubAnnotations(hostileRun(text)))) expect(line).to.match(COMMAND);
    }
  });
});
