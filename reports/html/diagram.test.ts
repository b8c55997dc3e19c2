import { expect } from 'chai';
import type { TranscriptEntry } from '../../harness/wire/transcript.js';
import { type Finding, findings } from '../findings.js';
import { SAMPLE_EXCHANGE, sampleCase, sampleCheck } from '../testing/sample.js';
import { layOutDiagram, type Row } from './diagram.js';

describe('layOutDiagram', () => {
  function entry(parts: Partial<TranscriptEntry>): TranscriptEntry {
    return {
      at: 1,
      party: 'romeo/orchard',
      direction: 'received',
      kind: 'stanza',
      xml: '<presence/>',
      ...parts,
    };
  }

  function told(rows: readonly Row[]): string[] {
    return rows.map((row) => {
      if (row.kind === 'message') return `${row.party} ${row.direction} ${row.label} ${row.mark}`.trim();
      if (row.kind === 'missing') return `${row.party} ${row.label}`;
      return row.kind === 'fold' ? `(${row.label})` : row.text;
    });
  }

  function found(
    check: Parameters<typeof sampleCheck>[0],
    transcript: readonly TranscriptEntry[],
  ): Finding[] {
    return findings(sampleCase({ checks: [sampleCheck({ transcript, ...check })] }), 'rfc6121');
  }

  it('puts resources to the left of the server, contacts to its right, and folds fences', () => {
    const { columns, rows } = layOutDiagram(SAMPLE_EXCHANGE, [], false);
    expect(columns).to.deep.equal(['romeo/orchard', 'server', 'juliet']);
    expect(told(rows)).to.deep.equal([
      'romeo/orchard: connected to 127.0.0.1:5222',
      'juliet sent presence subscribed',
      '(fence: 2 markers)',
      'romeo/orchard received message unexpected',
    ]);
  });

  it("folds a stream's negotiation with its remarks, and throw-away resources unless all is to be shown", () => {
    const entries = [
      entry({ direction: 'none', kind: 'note', xml: 'connected' }),
      entry({ direction: 'sent', kind: 'stream', xml: '<stream:stream>' }),
      entry({ party: 'romeo/setup-1' }),
      entry({ party: 'harness', direction: 'none', kind: 'fence', xml: '5 markers' }),
      entry({}),
      entry({ direction: 'none', kind: 'note', xml: 'connection cut' }),
    ];
    const folded = layOutDiagram(entries, [], false);
    expect(told(folded.rows)).to.deep.equal([
      '(stream of romeo/orchard: 2 entries, romeo/setup-1: 1 entry, fence: 5 markers)',
      'romeo/orchard received presence',
      'romeo/orchard: connection cut',
    ]);
    expect(folded.columns).to.deep.equal(['romeo/orchard', 'server']);
    expect(layOutDiagram(entries, [], true).columns).to.include('romeo/setup-1');
  });

  it('shows where a finding was judged and what did not come', () => {
    const entries = [entry({ at: 1 }), entry({ at: 2 }), entry({ at: 3 })];
    const missing = found({ received: '' }, entries.slice(1, 2));
    expect(told(layOutDiagram(entries, missing, false).rows)).to.deep.equal([
      'romeo/orchard received presence',
      'The exchange that is judged begins',
      'romeo/orchard received presence',
      'romeo/orchard missing: presence subscribed',
      'Judged here',
      'romeo/orchard received presence',
    ]);
  });

  it('marks what a finding objects to, at the party that it watches', () => {
    const xml = "<presence type='unsubscribed'/>";
    const entries = [entry({ xml }), entry({ xml, party: 'romeo/cellar' })];
    const expected = { expect: 'differs from what must come', never: 'must not come', order: 'out of order' };
    for (const [kind, mark] of Object.entries(expected)) {
      const own = found({ kind: kind as 'expect', received: xml }, entries);
      expect(told(layOutDiagram(entries, own, false).rows)).to.include.members([
        `romeo/orchard received presence unsubscribed ${mark}`,
        'romeo/cellar received presence unsubscribed',
      ]);
    }
  });
});
