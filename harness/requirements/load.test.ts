import { expect } from 'chai';
import { FixtureError } from '../fixture.js';
import { loadCatalogue, parseCatalogue } from './load.js';

function documentOf(document: string, ...clauses: string[]): string {
  return `<requirements xmlns="urn:xmpp-conform:requirements:1" document="${document}" title="A document">
  <section number="1" title="First">
    ${clauses.join('\n    ')}
  </section>
</requirements>`;
}

function complaints(texts: Record<string, string>): readonly string[] {
  try {
    parseCatalogue(texts);
  } catch (error) {
    if (error instanceof FixtureError) return error.complaints;
    throw error;
  }
  return [];
}

describe('a clause catalogue', () => {
  it('gives its clauses with section, level, links and place', () => {
    const catalogue = parseCatalogue({
      'old.xml': documentOf(
        'rfc3921',
        '<clause id="push/all" level="MUST NOT" role="server" claims="1 3" contradicts="rfc3921:1/rest" differs="rfc6121:1/push">\n      Two\n      lines.\n    </clause>',
        '<clause id="rest" level="SHOULD" role="server" contradicts="rfc3921:1/push/all" unjudged="advice" why="It is advice.">Rest.</clause>',
      ),
      'new.xml': documentOf(
        'rfc6121',
        '<clause id="push" level="MUST" role="server" differs="rfc3921:1/push/all">Push.</clause>',
      ),
    });
    expect(catalogue.get('rfc3921:1/push/all')).to.deep.equal({
      id: 'rfc3921:1/push/all',
      document: 'rfc3921',
      spec: 'rfc3921',
      section: '1',
      level: 'MUST NOT',
      role: 'server',
      summary: 'Two lines.',
      contradicts: ['rfc3921:1/rest'],
      differs: ['rfc6121:1/push'],
      unjudged: undefined,
      why: '',
      claims: [1, 3],
      file: 'old.xml',
      line: 3,
    });
    expect(catalogue.get('rfc3921:1/rest')).to.include({ unjudged: 'advice', why: 'It is advice.' });
    expect(catalogue.bySpec('rfc6121').map(({ id }) => id)).to.deep.equal(['rfc6121:1/push']);
    expect([...catalogue.clauses.keys()]).to.deep.equal([
      'rfc3921:1/push/all',
      'rfc3921:1/rest',
      'rfc6121:1/push',
    ]);
  });

  it('names a clause that it lacks', () => {
    const catalogue = parseCatalogue({ 'a.xml': documentOf('rfc3921') });
    expect(() => catalogue.get('rfc3921:1/none')).to.throw(RangeError, 'no clause rfc3921:1/none');
  });

  const refused: readonly [what: string, clauses: readonly string[], complaint: RegExp][] = [
    [
      'a level that does not exist',
      ['<clause id="a" level="SHALL" role="server">A.</clause>'],
      /^a\.xml:3: .*SHALL/,
    ],
    [
      'an id that is not kebab-case',
      ['<clause id="A_b" level="MUST" role="server">A.</clause>'],
      /^a\.xml:3: .*A_b/,
    ],
    ['a clause without a summary', ['<clause id="a" level="MUST" role="server"/>'], /^a\.xml:3: /],
    [
      'claims from zero',
      ['<clause id="a" level="MUST" role="server" claims="0">A.</clause>'],
      /^a\.xml:3: .*claims/,
    ],
    [
      'an unknown reason',
      ['<clause id="a" level="MUST" role="server" unjudged="later" why="B.">A.</clause>'],
      /^a\.xml:3: .*later/,
    ],
    [
      'an id used twice',
      [
        '<clause id="a" level="MUST" role="server">A.</clause>',
        '<clause id="a" level="MAY" role="server">B.</clause>',
      ],
      /^a\.xml:4: rfc3921:1\/a is already defined in a\.xml:3/,
    ],
    [
      'a link to nowhere',
      ['<clause id="a" level="MUST" role="server" contradicts="rfc3921:1/b">A.</clause>'],
      /^a\.xml:3: rfc3921:1\/a contradicts rfc3921:1\/b, which is no clause/,
    ],
    [
      'a link one way',
      [
        '<clause id="a" level="MUST" role="server" contradicts="rfc3921:1/b">A.</clause>',
        '<clause id="b" level="MAY" role="server">B.</clause>',
      ],
      /^a\.xml:3: .* but a\.xml:4 does not say so in return/,
    ],
    [
      'a link to itself',
      ['<clause id="a" level="MUST" role="server" contradicts="rfc3921:1/a">A.</clause>'],
      /^a\.xml:3: rfc3921:1\/a contradicts itself/,
    ],
    [
      'differs within one RFC',
      [
        '<clause id="a" level="MUST" role="server" differs="rfc3921:1/b">A.</clause>',
        '<clause id="b" level="MAY" role="server">B.</clause>',
      ],
      /^a\.xml:3: .*a clause of the same specification/,
    ],
    [
      'a reason on a client clause',
      ['<clause id="a" level="MUST" role="client" unjudged="advice" why="B.">A.</clause>'],
      /^a\.xml:3: .*clients/,
    ],
    [
      'unjudged without why',
      ['<clause id="a" level="MUST" role="server" unjudged="advice">A.</clause>'],
      /^a\.xml:3: .*does not say why/,
    ],
    [
      'why without unjudged',
      ['<clause id="a" level="MUST" role="server" why="B.">A.</clause>'],
      /^a\.xml:3: .*lacks unjudged/,
    ],
  ];
  for (const [what, clauses, complaint] of refused) {
    it(`is refused with ${what}`, () => {
      const found = complaints({ 'a.xml': documentOf('rfc3921', ...clauses) });
      expect(found[0]).to.match(complaint);
    });
  }

  it('is refused with contradicts across the RFCs', () => {
    const found = complaints({
      'a.xml': documentOf(
        'rfc3921',
        '<clause id="a" level="MUST" role="server" contradicts="rfc6121:1/b">A.</clause>',
      ),
      'b.xml': documentOf('rfc6121', '<clause id="b" level="MUST" role="server">B.</clause>'),
    });
    expect(found).to.have.lengthOf(1);
    expect(found[0]).to.match(/^a\.xml:3: .*a clause of the other specification; use differs/);
  });

  it('is refused with two sections of one number', () => {
    const text = documentOf('rfc3921').replace(
      '</requirements>',
      '<section number="1" title="B"/></requirements>',
    );
    expect(complaints({ 'a.xml': text })[0]).to.match(/^a\.xml:5: /);
  });
});

describe('the clause catalogues of RFC 3921 and RFC 6121', () => {
  const catalogue = loadCatalogue();
  const states = [
    'none',
    'none-pending-out',
    'none-pending-in',
    'none-pending-out-in',
    'to',
    'to-pending-in',
    'from',
    'from-pending-out',
    'both',
  ];
  const tables = [
    ['subscribe', 'A.2.1', 'A.3.1'],
    ['unsubscribe', 'A.2.2', 'A.3.2'],
    ['subscribed', 'A.2.3', 'A.3.3'],
    ['unsubscribed', 'A.2.4', 'A.3.4'],
  ] as const;

  it('have a clause for either column of all 72 rows of the state tables, in each RFC', () => {
    const expected = tables.flatMap(([type, outbound, inbound]) =>
      states.flatMap((state) => [
        `rfc3921:9.2/${type}/${state}/route`,
        `rfc3921:9.2/${type}/${state}/state`,
        `rfc3921:9.3/${type}/${state}/deliver`,
        `rfc3921:9.3/${type}/${state}/state`,
        `rfc6121:${outbound}/${state}/route`,
        `rfc6121:${outbound}/${state}/state`,
        `rfc6121:${inbound}/${state}/deliver`,
        `rfc6121:${inbound}/${state}/state`,
      ]),
    );
    expect(expected.filter((id) => !catalogue.clauses.has(id))).to.deep.equal([]);
  });

  it('agree, row by row, on what is forbidden and what is demanded', () => {
    const forbidden = (id: string): boolean => catalogue.get(id).level.endsWith('NOT');
    const disagreements = tables.flatMap(([type, outbound, inbound]) =>
      states.filter(
        (state) =>
          forbidden(`rfc3921:9.2/${type}/${state}/route`) !==
            forbidden(`rfc6121:${outbound}/${state}/route`) ||
          forbidden(`rfc3921:9.3/${type}/${state}/deliver`) !==
            forbidden(`rfc6121:${inbound}/${state}/deliver`),
      ),
    );
    expect(disagreements).to.deep.equal([]);
  });

  it('have a reply clause for exactly the rows marked with one', () => {
    const replies = [...catalogue.clauses.keys()].filter((id) => id.endsWith('/reply'));
    const pendingIn = ['none-pending-in', 'none-pending-out-in', 'to-pending-in'];
    const granted = ['from', 'from-pending-out', 'both'];
    expect(replies).to.have.members([
      ...granted.flatMap((state) => [`rfc3921:9.3/subscribe/${state}/reply`, `rfc6121:A.3.1/${state}/reply`]),
      ...[...pendingIn, ...granted].flatMap((state) => [
        `rfc3921:9.3/unsubscribe/${state}/reply`,
        `rfc6121:A.3.2/${state}/reply`,
      ]),
    ]);
  });

  it('link what contradicts within one RFC', () => {
    const pairs = [
      ['rfc3921:8.4.1/auto-reply', 'rfc3921:9.3/unsubscribe/from/reply'],
      ['rfc3921:7.3/no-subscriptions-to-not-interested', 'rfc3921:5.1.6/request-to-not-interested'],
      ['rfc3921:8.2/unrequested-approval-granted/deliver', 'rfc3921:9.3/subscribed/to/deliver'],
      ['rfc3921:9.4/request-redelivered', 'rfc3921:5.1.6/stored-request-redelivered'],
      ['rfc3921:8.6/remove-sends-only-appropriate', 'rfc3921:9.4/remove-sends-unneeded-unsubscribe'],
      ['rfc6121:3.1.3/auto-reply', 'rfc6121:A.3.1/from/reply'],
      ['rfc6121:3.3.3/ignore-pending-in/deliver', 'rfc6121:A.3.2/none-pending-in/deliver'],
      ['rfc6121:3.2.3/ignore-pending-out/state', 'rfc6121:A.3.4/from-pending-out/state'],
    ] as const;
    for (const [one, other] of pairs) expect(catalogue.get(one).contradicts).to.include(other);
  });

  it('differ on every push to a resource that is not available', () => {
    const pushes = catalogue
      .bySpec('rfc6121')
      .filter(({ id }) => id.endsWith('push-unavailable'))
      .map(({ id }) => id);
    expect(catalogue.get('rfc3921:8.1/no-push-to-unavailable').differs).to.have.members(pushes);
  });
});
