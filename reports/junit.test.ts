import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { SaxesParser } from 'saxes';
import { loadFixtures } from '../harness/fixtures.js';
import { toJUnit } from './junit.js';
import { HOSTILE_TEXTS, hostileRun } from './testing/hostile.js';
import { sampleCase, sampleCheck, sampleOfEverything, sampleRun } from './testing/sample.js';

function expectWellFormed(xml: string): void {
  using document = XmlDocument.fromString(xml);
  expect(document.root.name).to.equal('testsuites');
  new SaxesParser({ defaultXMLVersion: '1.0', forceXMLVersion: true }).write(xml).close();
}

describe('toJUnit', () => {
  const select = (xml: string, xpath: string): string[] => {
    using document = XmlDocument.fromString(xml);
    return document.find(xpath).map((node) => node.content);
  };

  it('has a suite a scenario and a case a case, with times and class names', () => {
    const xml = toJUnit(sampleOfEverything());
    expect(select(xml, '/testsuites/testsuite/@name')).to.deep.equal([
      'subscription/inbound-subscribed',
      'roster/set',
    ]);
    expect(select(xml, '/testsuites/@tests | /testsuites/@failures | /testsuites/@errors')).to.deep.equal([
      '10',
      '3',
      '2',
    ]);
    const first = '/testsuites/testsuite[1]/testcase[1]';
    expect(select(xml, `${first}/@name | ${first}/@classname | ${first}/@time`)).to.deep.equal([
      'none + pending out',
      'xmpp-conform.subscription.inbound-subscribed',
      '0.042',
    ]);
    expect(select(xml, '/testsuites/testsuite[1]/@timestamp')).to.deep.equal(['2026-03-01T10:20:30']);
  });

  it('tells clause, level, difference and exchange of a failure', () => {
    const xml = toJUnit(sampleOfEverything());
    const failure = "//testcase[@name='to + pending in']/failure";
    expect(select(xml, `${failure}/@type`)).to.deep.equal(['MUST']);
    expect(select(xml, `${failure}/@message`)[0]).to.contain('rfc6121:A.3.3/deliver');
    const [text] = select(xml, failure);
    expect(text).to.contain('presence/@type: expected subscribed, received unsubscribed');
    expect(text).to.contain("- <presence from='juliet@contact.test'");
    expect(text).to.contain('0.4 ms  juliet        → <presence');
    expect(text).to.contain('rfc3921:9.3/subscribed-deliver');
  });

  it('gives each outcome its element', () => {
    const xml = toJUnit(sampleOfEverything());
    const elements = (name: string) => select(xml, `//testcase[${name}]/@name`);
    expect(elements('error')).to.deep.equal(['blocked', 'error']);
    expect(elements('skipped')).to.deep.equal(['skipped', 'known']);
    expect(elements('failure')).to.deep.equal([
      'to + pending in',
      'known, but otherwise',
      'known, yet passes',
    ]);
    expect(elements('system-out')).to.deep.equal(['both']);
    expect(select(xml, "//testcase[@name='known']/skipped/@message")).to.deep.equal([
      'known failure: bug 17',
    ]);
    expect(select(xml, "//property[@name='spec'][1]/@value")).to.include('rfc6121');
    expect(select(xml, "//property[contains(@name, 'stranger-probe')]/@value")).to.deep.equal([
      'unsubscribed',
    ]);
  });

  it('shows an interrupted run as an error', () => {
    const xml = toJUnit(sampleRun([sampleCase()], { interrupted: 'Ctrl-C', exitStatus: 2 }));
    expect(select(xml, "//testsuite[@name='run']/testcase/error/@message")).to.deep.equal([
      'ended early: Ctrl-C',
    ]);
  });

  it('is well-formed whatever the target sent', () => {
    for (const text of HOSTILE_TEXTS) expectWellFormed(toJUnit(hostileRun(text)));
  });

  it('is well-formed whatever code units the target sent', () => {
    const units = fc.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0x7f })));
    fc.assert(
      fc.property(
        units.map((codes) => String.fromCharCode(...codes)),
        (text) => expectWellFormed(toJUnit(hostileRun(text))),
      ),
      { numRuns: 60 },
    );
  });

  describe('for its readers', () => {
    const sample = toJUnit(sampleOfEverything());

    it('has what the schema says, and nothing else, whatever the target sent', () => {
      using schema = XmlDocument.fromString(
        readFileSync(new URL('./testing/junit.xsd', import.meta.url), 'utf8'),
      );
      using validator = XsdValidator.fromDoc(schema);
      const ended = sampleRun([], { interrupted: 'Ctrl-C', exitStatus: 2 });
      const unreached = { ...ended, target: { ...ended.target, host: '' } };
      const empty = sampleRun([], { exitStatus: 0 });
      const texts = [
        sample,
        ...[unreached, empty].map(toJUnit),
        ...HOSTILE_TEXTS.map((text) => toJUnit(hostileRun(text))),
      ];
      for (const text of texts) {
        using document = XmlDocument.fromString(text);
        validator.validate(document);
      }
    });

    it('gives each case a class name and name of its own: GitLab keeps one of each', () => {
      const names = loadFixtures().cases.map((play) =>
        sampleCase({ scenario: play.scenario.id, case: play.name }),
      );
      const xml = toJUnit(sampleRun(names));
      const keys = xml.match(/<testcase name='[^']*' classname='[^']*'/g) ?? [];
      expect(keys).to.have.length(names.length);
      expect(new Set(keys).size).to.equal(names.length);
    });

    it('has counts that agree with what is in it', () => {
      for (const suite of ['1', '2']) {
        const at = `/testsuites/testsuite[${suite}]`;
        const counted = (element: string) => String(select(sample, `${at}/testcase${element}`).length);
        expect(select(sample, `${at}/@tests`)).to.deep.equal([counted('')]);
        expect(select(sample, `${at}/@failures`)).to.deep.equal([counted('[failure]')]);
        expect(select(sample, `${at}/@errors`)).to.deep.equal([counted('[error]')]);
        expect(select(sample, `${at}/@skipped`)).to.deep.equal([counted('[skipped]')]);
      }
    });

    it('names the scenario file of a suite', () => {
      expect(select(sample, '/testsuites/testsuite[1]/@file')).to.deep.equal([
        'fixtures/scenarios/subscription/inbound-subscribed.xml',
      ]);
    });
  });

  it('stays small enough to be read back', () => {
    const checks = Array.from({ length: 60 }, (_, index) =>
      sampleCheck({ source: String(index), received: `<a b='${'<'.repeat(1_000_000)}'/>` }),
    );
    const xml = toJUnit(sampleRun([sampleCase({ outcome: 'fail', checks })]));
    expect(xml.length).to.be.below(2_000_000);
    expectWellFormed(xml);
  });
});
