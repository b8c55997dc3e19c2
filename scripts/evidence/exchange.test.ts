import { expect } from 'chai';
import { caseResult, check } from '../../harness/verdict/sample.support.test.js';
import type { TranscriptEntry } from '../../harness/wire/transcript.js';
import { describeExchange, stanzas, thePlay } from './exchange.js';

let now = 0;
function entry(party: string, xml: string, parts: Partial<TranscriptEntry> = {}): TranscriptEntry {
  return { at: ++now, party, direction: 'sent', kind: 'stanza', xml, ...parts };
}

describe('thePlay', () => {
  const setup = entry('romeo/setup-1', '<presence/>');
  const asked = entry('juliet', "<presence type='subscribe'/>");
  const fence = entry('juliet', "<iq id='fence-1'/>", { kind: 'fence' });
  const told = entry('romeo/orchard', "<presence type='subscribe'/>", { direction: 'received' });
  const later = entry('juliet', "<presence type='unsubscribe'/>");
  const read = entry('romeo/reader-2', '<presence/>');
  const item = caseResult({ transcript: [asked, setup, asked, fence, told, later, read] });

  it('begins behind the way to the state and leaves out who reads it back', () => {
    expect(thePlay(item, undefined)).to.deep.equal([asked, told, later]);
  });

  it('ends with the check at fault', () => {
    const broken = check('rfc3921:9.3/a', { transcript: [asked, fence, told] });
    expect(thePlay(item, broken)).to.deep.equal([asked, told]);
  });
});

describe('stanzas', () => {
  it('leaves out what a log-in takes, but no other query', () => {
    const ids = ['bind', 'session', 'roster-1', 'roster-x', 'mine'];
    const left = stanzas(ids.map((id) => entry('romeo/orchard', `<iq id='${id}'/>`)));
    expect(left.map(({ xml }) => xml)).to.deep.equal(["<iq id='roster-x'/>", "<iq id='mine'/>"]);
  });

  it('keeps what a domain is told of its key and its stream, and no other negotiation', () => {
    const told = [
      '<stream:error><invalid-from/></stream:error>',
      "<db:result from='im.test' type='invalid'/>",
    ];
    const other = ["<db:result from='im.test'>key</db:result>", '<stream:features/>'];
    const received = { direction: 'received', kind: 'stream' } as const;
    const left = stanzas([...told, ...other].map((xml) => entry('verona', xml, received)));
    expect(left.map(({ xml }) => xml)).to.deep.equal(told);
    expect(stanzas(told.map((xml) => entry('romeo/orchard', xml, received)))).to.deep.equal([]);
  });
});

describe('describeExchange', () => {
  it('says who sends and who receives what, by names that every run shares', () => {
    const lines = describeExchange([
      entry('juliet', "<presence to='romeo-0a1b2c3d-12@im.example' type='subscribe'/>"),
      entry('romeo/orchard', "<presence from='juliet-0a1b2c3d-3@c.example/x'/>", {
        direction: 'received',
        unexpected: true,
      }),
    ]);
    expect(lines[0]).to.equal('juliet sends:');
    expect(lines[1]).to.match(/^ {4}<presence .*to='romeo'/);
    expect(lines).to.include('romeo/orchard receives (not expected):');
    expect(lines.at(-1)).to.include("from='juliet/x'");
  });

  it('says so when there is nothing', () => {
    expect(describeExchange([])).to.deep.equal(['Nothing was sent or received.']);
  });
});
