import { expect } from 'chai';
import { interopStatus } from '../../harness/interop/result.js';
import { createStyle, PLAIN } from '../style.js';
import { HOSTILE_TEXTS } from '../testing/hostile.js';
import { differenceOf, interopCaseOf, pairOf, pairOfEverything } from '../testing/interop.js';
import { interopToMarkdown } from './markdown.js';
import { cellText, interopMatrix } from './matrix.js';
import { interopToHtml } from './page.js';
import { formatInterop } from './terminal.js';
import { pairFile } from './write.js';

describe('interopMatrix', () => {
  const matrix = interopMatrix([pairOfEverything('one', 'other'), pairOfEverything('other', 'one')]);

  it('has a cell for each ordered pair, which says what came of it', () => {
    expect(matrix.servers.map(({ name }) => name)).to.deep.equal(['one', 'other']);
    expect(matrix.cells.map(({ target, peer }) => [target, peer])).to.deep.equal([
      ['one', 'other'],
      ['other', 'one'],
    ]);
    const [cell] = matrix.cells;
    expect(cell && cellText(cell)).to.equal(
      '1 of 7 agree, one departs in 1, 2 gaps, 1 not attributed, 1 blocked, 1 not judged',
    );
  });

  it('tells a departure once for each server, with where it was seen', () => {
    expect(
      matrix.departures.map(({ server, clauses, sightings }) => [server, clauses[0]?.clause, sightings]),
    ).to.deep.equal([
      ['one', 'rfc6121:3.1.2/route', [{ target: 'one', peer: 'other', case: 'interop/sample#departed' }]],
      ['other', 'rfc6121:3.1.2/route', [{ target: 'other', peer: 'one', case: 'interop/sample#departed' }]],
    ]);
    const again = interopMatrix([
      pairOf('one', 'other', [
        interopCaseOf('a', { departs: ['target'], differences: [differenceOf(), differenceOf()] }),
      ]),
      pairOf('one', 'third', [interopCaseOf('b', { departs: ['target'], differences: [differenceOf()] })]),
    ]);
    expect(again.departures).to.have.length(1);
    expect(again.departures[0]?.sightings.map(({ peer }) => peer)).to.deep.equal(['other', 'third']);
  });

  it('tells whose permitted choice a gap is, and what nobody can explain', () => {
    expect(matrix.gaps.map(({ by, says }) => [by, says])).to.deep.equal([
      [
        '',
        'A sample between servers: juliet/balcony received nothing, though by itself each keeps what this rests on',
      ],
      ['other', 'the sender is not told'],
      ['one', 'the sender is not told'],
    ]);
    expect(matrix.unattributed[0]?.says).to.equal('not attributed: give the records of one and other');
    expect(matrix.notJudged.map(({ outcome, reason }) => [outcome, reason]).slice(0, 2)).to.deep.equal([
      ['blocked', 'the state was not reached'],
      ['error', 'a marker did not come back'],
    ]);
    expect(matrix.choices).to.deep.equal([
      {
        name: 'a choice',
        taken: [
          ['kept', 'dropped'],
          ['kept', 'dropped'],
        ],
      },
    ]);
  });

  it('is nothing but a table where all agree', () => {
    const calm = interopMatrix([pairOf('one', 'other', [interopCaseOf('a')])]);
    const text = formatInterop(calm, PLAIN);
    expect(text).to.match(/one to other: 1 of 1 agree/);
    expect(text).not.to.match(/departure|gap|attributed|judged\n/);
  });

  it('shows every clause, exchange and sighting in each form', () => {
    for (const text of [formatInterop(matrix, PLAIN), interopToMarkdown(matrix), interopToHtml(matrix)]) {
      for (const part of [
        '3.1.2/route',
        'subscription/outbound-subscribe',
        'departed',
        'the sender is not told',
        'a marker did not come back',
      ]) {
        expect(text).to.contain(part);
      }
    }
  });

  it('colours only when it is asked to', () => {
    const control = '\u001b[';
    expect(formatInterop(matrix, PLAIN)).not.to.contain(control);
    expect(formatInterop(matrix, createStyle(true))).to.contain(control);
  });

  const FIXED = /^(?:spec|level|end|standing|verdict|outcome|direction|kind|by|departs)$/;
  for (const [index, hostile] of HOSTILE_TEXTS.entries()) {
    it(`gives hostile text ${index} no power in any form`, () => {
      const pair = JSON.parse(JSON.stringify(pairOfEverything()), (key, value) =>
        typeof value === 'string' && !FIXED.test(key) && !/^\d+$/.test(key) ? hostile : value,
      );
      const all = interopMatrix([pair]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
      const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\u2028]/;
      const page = interopToHtml(all);
      expect(formatInterop(all, PLAIN)).not.to.match(control);
      expect(interopToMarkdown(all)).not.to.match(control);
      expect(page).not.to.match(control);
      expect(page).not.to.match(/<(?:presence|b|a{3000})[ >]/);
      expect(pairFile(pair)).to.match(/^[A-Za-z0-9_-][A-Za-z0-9._-]*\.json$/);
    });
  }

  it('ends a code block in Markdown only where it ends', () => {
    const tilded = differenceOf({
      exchange: [
        { at: 1, party: 'romeo/orchard', direction: 'sent', kind: 'stanza', xml: '~~~~ </details>' },
      ],
    });
    const text = interopToMarkdown(
      interopMatrix([pairOf('one', 'other', [interopCaseOf('a', { differences: [tilded] })])]),
    );
    expect(text.match(/^~{5}$/gm)).to.have.length(2);
  });
});

describe('interopStatus', () => {
  it('is 1 for anything that is not as it should be, 2 for what was not judged, 0 for agreement', () => {
    const status = (...outcomes: ('agree' | 'departs' | 'gap' | 'unattributed' | 'blocked' | 'error')[]) =>
      interopStatus([
        pairOf(
          'one',
          'other',
          outcomes.map((outcome) => interopCaseOf(outcome, { outcome })),
        ),
      ]);
    expect(status('agree')).to.equal(0);
    for (const outcome of ['departs', 'gap', 'unattributed'] as const)
      expect(status('error', outcome)).to.equal(1);
    expect(status('agree', 'blocked')).to.equal(2);
    expect(status('agree', 'error')).to.equal(2);
    expect(interopStatus([pairOf('one', 'other', [], { interrupted: 'Interrupted.' })])).to.equal(2);
  });
});
