import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { formatFailure, formatRun } from './console.js';
import { formatExchange } from './exchange.js';
import { createStyle, PLAIN, wantsColor } from './style.js';
import { HOSTILE_TEXTS, hostileRun } from './testing/hostile.js';
import { SAMPLE_EXCHANGE, sampleCase, sampleCheck, sampleOfEverything, sampleRun } from './testing/sample.js';

describe('formatExchange', () => {
  it('has times, parties, arrows, folded fences and marks what was unexpected', () => {
    const lines = formatExchange(SAMPLE_EXCHANGE, createStyle(false, 200));
    expect(lines).to.deep.equal([
      '     0.0 ms  romeo/orchard · connected to 127.0.0.1:5222',
      "     0.4 ms  juliet        → <presence to='romeo@example.net' from='juliet@contact.test' type='subscribed'/>",
      '     0.6 ms  (fence: 2 markers)',
      "     2.5 ms  romeo/orchard ← <message from='example.net' to='romeo@example.net/orchard'><body>welcome</body></message>",
      '                             ▲ unexpected',
    ]);
  });

  it('shows the end of a long exchange', () => {
    const many = Array.from({ length: 100 }, (_, at) => ({
      at,
      party: 'romeo',
      direction: 'sent' as const,
      kind: 'stanza' as const,
      xml: '<presence/>',
    }));
    const lines = formatExchange(many, PLAIN);
    expect(lines[0]).to.equal('… 40 earlier entries, in results.json');
    expect(lines).to.have.lengthOf(61);
  });
});

describe('formatFailure', () => {
  it('tells an expectation once for all its clauses, with the difference and the exchange', () => {
    const twin = sampleCheck({ spec: 'rfc3921', clause: 'rfc3921:9.3/subscribed-deliver' });
    const result = sampleCase({ outcome: 'fail', checks: [sampleCheck(), twin] });
    const text = formatFailure(result, 'rfc6121', PLAIN);
    expect(text).to.match(/^FAIL subscription\/inbound-subscribed: none \+ pending out 42 ms\n/);
    expect(text).to.contain('rfc6121:A.3.3/deliver').and.to.contain('rfc3921:9.3/subscribed-deliver');
    expect(text.split('- expected  + received')).to.have.lengthOf(2);
    expect(text).to.contain('presence/@type: expected subscribed, received unsubscribed');
    expect(text).to.contain('juliet        → <presence');
  });

  it('says that nothing came, and that something forbidden did', () => {
    const missing = sampleCase({ outcome: 'fail', checks: [sampleCheck({ received: '' })] });
    expect(formatFailure(missing, 'rfc6121', PLAIN)).to.match(/received:\n +nothing\n/);
    const forbidden = sampleCase({ outcome: 'fail', checks: [sampleCheck({ kind: 'never' })] });
    expect(formatFailure(forbidden, 'rfc6121', PLAIN)).to.match(
      /must not come:\n[\s\S]*\n +came:\n +<presence/,
    );
  });

  it('shows words that differ in colour', () => {
    const check = sampleCheck({ expected: "<show to='a'>away</show>", received: "<show to='a'>dnd</show>" });
    const text = formatFailure(
      sampleCase({ outcome: 'fail', checks: [check] }),
      'rfc6121',
      createStyle(true),
    );
    expect(text).to.contain("- <show to='a'>\u001b[4maway\u001b[24m</show>");
    expect(text).to.contain("+ <show to='a'>\u001b[4mdnd\u001b[24m</show>");
  });
});

describe('formatRun', () => {
  it('ends with scoreboard, choices, lateness, files and a sentence', () => {
    const text = formatRun(sampleOfEverything(), PLAIN, ['out/junit.xml']);
    expect(text).to.match(/RFC 6121 clauses +pass +fail +blocked +untested\n +MUST +90 +2 +0 +7\n/);
    expect(text).to.contain('stranger-probe: unsubscribed');
    expect(text).to.contain('99 % within 1.2 ms');
    expect(text).to.contain('Written   out/junit.xml');
    expect(text.trimEnd().replace(/\s+/g, ' ')).to.match(
      /2 cases break a MUST of RFC 6121; .*\(exit status 1\)\.$/,
    );
  });

  it('shows failures before warnings, and known failures only as a number', () => {
    const text = formatRun(sampleOfEverything(), PLAIN);
    expect(text.indexOf('FAIL ')).to.be.below(text.indexOf('WARN '));
    expect(text).to.not.contain('roster/set: known 42');
    expect(text).to.contain('1 known failure, as known.xml expects');
    expect(text).to.contain('known to fail rfc6121:A.3.3/deliver, but not like this (bug 18)');
  });

  it('sums up cases blocked or skipped for the same reason', () => {
    const cases = Array.from({ length: 300 }, (_, index) =>
      sampleCase({ case: String(index), outcome: 'blocked', reason: 'State To was not reached.' }),
    );
    const text = formatRun(sampleRun(cases), PLAIN);
    expect(text.split('State To was not reached.')).to.have.lengthOf(2);
    expect(text).to.contain('BLOCKED 300 cases').and.to.contain('and 295 more');
    expect(text).to.contain('300 blocked cases could not be judged');
  });

  const closing = (...args: Parameters<typeof sampleRun>) =>
    formatRun(sampleRun(...args), PLAIN)
      .trim()
      .split('\n\n')
      .at(-1);

  it('says in words what the exit status means', () => {
    expect(closing([sampleCase()])).to.match(
      /broke no MUST of RFC 6121 in what was tested \(exit status 0\)\.$/,
    );
    expect(closing([], { exitStatus: 3 })).to.match(/^Nothing matched the selection/);
    expect(closing([], { exitStatus: 2, interrupted: 'Ctrl-C' })).to.match(
      /ended early.*Ctrl-C \(exit status 2\)/,
    );
    expect(closing([sampleCase({ outcome: 'skipped' })], { exitStatus: 2 })).to.match(/^Nothing was judged/);
    const stale = { knownFailures: { file: 'known.xml', stale: ['It passed.'] }, exitStatus: 1 as const };
    expect(closing([sampleCase()], stale)).to.contain('known.xml is out of date');
    expect(closing([sampleCase({ outcome: 'warn' })])).to.contain('but 1 case breaks a SHOULD');
  });

  it('fits in 100 columns', () => {
    const lines = formatRun(sampleOfEverything(), PLAIN, ['results.json']).split('\n');
    expect(lines.filter((line) => line.length > 100)).to.deep.equal([]);
  });

  it('lets nothing from the target reach the terminal as a control', () => {
    const trimmed = (text: string) => text.replace(/ +$/gm, '');
    for (const text of HOSTILE_TEXTS) {
      const plain = formatRun(hostileRun(text), PLAIN);
      expect(plain).to.not.match(/[^\n\P{Cc}]/u);
      const coloured = stripVTControlCharacters(formatRun(hostileRun(text), createStyle(true)));
      expect(trimmed(coloured)).to.equal(trimmed(plain));
    }
  });
});

describe('wantsColor', () => {
  it('needs a terminal, and honours NO_COLOR and TERM', () => {
    expect(wantsColor({ isTTY: true }, {})).to.equal(true);
    expect(wantsColor({ isTTY: true }, { NO_COLOR: '' })).to.equal(true);
    expect(wantsColor({ isTTY: true }, { NO_COLOR: '1' })).to.equal(false);
    expect(wantsColor({ isTTY: true }, { TERM: 'dumb' })).to.equal(false);
    expect(wantsColor({}, {})).to.equal(false);
  });
});

describe('formatRun, of a shard', () => {
  it('says that a shard without cases is no mistake', () => {
    expect(formatRun(sampleRun([]), PLAIN)).to.match(/none fell to this one \(exit status 0\)\.\n$/);
  });
});

describe('formatRun, brief', () => {
  const broken = sampleCheck({ level: 'SHOULD', outcome: 'warn' });
  const warned = sampleCase({
    outcome: 'warn',
    checks: [broken, broken, sampleCheck({ spec: 'rfc3921', outcome: 'warn' })],
  });
  const failed = sampleCase({ case: 'both', outcome: 'fail', checks: [sampleCheck()] });

  it('takes a line for a broken SHOULD, and all there is to say for a broken MUST', () => {
    const text = formatRun(sampleRun([warned, failed]), createStyle(false, 200), [], true);
    expect(text).to.include(
      '\nWARN subscription/inbound-subscribed: none + pending out (rfc6121:A.3.3/deliver)\n',
    );
    expect(text).to.include('FAIL subscription/inbound-subscribed: both');
    expect(text.match(/exchange:/g)).to.have.length(1);
    expect(formatRun(sampleRun([warned, failed]), PLAIN).match(/exchange:/g)).to.have.length(2);
  });

  it('keeps to the width, whatever the names', () => {
    for (const text of HOSTILE_TEXTS) {
      const lines = formatRun(hostileRun(text), createStyle(false, 80), [], true).split('\n');
      for (const line of lines.filter((each) => each.startsWith('WARN')))
        expect(line.length).to.be.at.most(80);
    }
  });
});

describe('formatRun, with known failures', () => {
  const known = (why: string, clause = 'rfc6121:A.3.3/deliver') =>
    sampleCase({
      outcome: 'fail',
      checks: [sampleCheck({ clause })],
      known: [{ status: 'expected', clause, why }],
    });

  it('names the entries without a reason, a few of them', () => {
    const text = formatRun(
      sampleRun([known('bug 17'), known('TODO: why', 'rfc6121:1/a'), known('', 'rfc6121:1/b')]),
      PLAIN,
    );
    expect(text).to.include('without a reason: rfc6121:1/a, rfc6121:1/b; say in <why> what the server does');
    const many = Array.from({ length: 7 }, (_, at) => known('TODO', `rfc6121:1/${at}`));
    expect(formatRun(sampleRun(many), PLAIN)).to.include('rfc6121:1/4 and 2 more; say');
    expect(formatRun(sampleRun([known('bug 17')]), PLAIN)).not.to.include('without a reason');
  });

  it('says how an outdated list is brought up to date', () => {
    const stale = ['known.xml:7: passes now; delete the line.'];
    const text = formatRun(
      sampleRun([sampleCase()], { exitStatus: 1, knownFailures: { file: 'known.xml', stale } }),
      PLAIN,
    );
    expect(text).to.match(
      /known\.xml is out of date \(--write-known-failures .*\):\n {2}- known\.xml:7: passes now/,
    );
  });
});
