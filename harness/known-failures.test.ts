import { expect } from 'chai';
import { loadKnownFailures } from './known-failures.js';
import { complaintsAbout, withFile } from './scenario/written.support.test.js';

const known = (...lines: string[]) =>
  [
    '<known-failures xmlns="urn:xmpp-conform:known-failures:1" target="some">',
    ...lines,
    '</known-failures>',
  ].join('\n');

describe('loadKnownFailures', () => {
  it('reads an entry for each case, with its line', () => {
    const text = known(
      '<failure clause="rfc3921:9.3/one">',
      '<case scenario="a/one" name="first"/>',
      '<case scenario="a/two" name="none, no item"/>',
      '<expected-difference>did not\n  receive it</expected-difference>',
      '<why>Bug 17.</why><evidence>one.txt</evidence></failure>',
    );
    const entries = withFile(text, loadKnownFailures);
    expect(
      entries.map(({ source, ...entry }) => ({ ...entry, source: source.replace(/.*\//, '') })),
    ).to.deep.equal([
      {
        kind: 'broken',
        clause: 'rfc3921:9.3/one',
        scenario: 'a/one',
        case: 'first',
        differences: ['did not receive it'],
        why: 'Bug 17.',
        evidence: 'one.txt',
        source: 'sample.xml:3',
      },
      {
        kind: 'broken',
        clause: 'rfc3921:9.3/one',
        scenario: 'a/two',
        case: 'none, no item',
        differences: ['did not receive it'],
        why: 'Bug 17.',
        evidence: 'one.txt',
        source: 'sample.xml:4',
      },
    ]);
  });

  it('reads what is known to be blocked', () => {
    const text = known(
      '<blocked clause="rfc6121:A.1/one"><case scenario="a/one" name="first"/>',
      '<expected-difference>roster item is no</expected-difference><why>Bug 18.</why></blocked>',
    );
    expect(withFile(text, loadKnownFailures).map(({ kind, clause }) => [kind, clause])).to.deep.equal([
      ['blocked', 'rfc6121:A.1/one'],
    ]);
  });

  it('complains by file and line', () => {
    const faulty = known('<failure clause="rfc3921:9.3/one">', '<why>Bug 17.</why></failure>');
    expect(withFile(faulty, (file) => complaintsAbout(() => loadKnownFailures(file)))[0]).to.match(
      /^sample\.xml:3: Element 'why'.*case/,
    );
  });
});
