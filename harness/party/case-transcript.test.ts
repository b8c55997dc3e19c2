import { expect } from 'chai';
import { CaseTranscript, FENCE_NS } from './case-transcript.js';

describe('CaseTranscript', () => {
  const record = (transcript: CaseTranscript, party: string, direction: 'sent' | 'received', xml: string) =>
    transcript.recorder(party)({ direction, kind: 'stanza', xml, atMs: performance.now() });

  it('keeps the order of all parties, and the time since the case began', () => {
    const transcript = new CaseTranscript();
    record(transcript, 'juliet', 'sent', '<presence/>');
    transcript.recorder('romeo/orchard')({
      direction: 'none',
      kind: 'note',
      xml: 'cut',
      atMs: performance.now(),
    });
    record(transcript, 'romeo/orchard', 'received', '<message/>');
    const entries = transcript.entries();
    expect(entries.map(({ party, direction, kind, xml }) => [party, direction, kind, xml])).to.deep.equal([
      ['juliet', 'sent', 'stanza', '<presence/>'],
      ['romeo/orchard', 'none', 'note', 'cut'],
      ['romeo/orchard', 'received', 'stanza', '<message/>'],
    ]);
    for (const { at } of entries) expect(at).to.be.within(0, 10_000);
  });

  it('sets the markers of the fence apart', () => {
    const transcript = new CaseTranscript();
    record(transcript, 'juliet', 'sent', `<iq id='fence-1'><query xmlns='${FENCE_NS}'/></iq>`);
    record(transcript, 'juliet', 'received', "<iq type='error' id='fence-1'/>");
    record(transcript, 'juliet', 'received', "<iq type='error' id='defence-1'/>");
    expect(transcript.entries().map(({ kind }) => kind)).to.deep.equal(['fence', 'fence', 'stanza']);
  });

  it('knows what a party, or any resource of a user, has sent', () => {
    const transcript = new CaseTranscript();
    record(transcript, 'juliet', 'received', '<presence/>');
    record(transcript, 'juliet/balcony', 'sent', '<message/>');
    const isPresence = (xml: string) => xml.startsWith('<presence');
    expect(transcript.sent('juliet', isPresence)).to.equal(false);
    expect(transcript.sent('juliet', (xml) => xml.startsWith('<message'))).to.equal(true);
    expect(transcript.sent('jul', (xml) => xml.startsWith('<message'))).to.equal(false);
  });

  it('finds the latest stanza received, and marks it as unexpected', () => {
    const transcript = new CaseTranscript();
    record(transcript, 'juliet', 'received', '<presence/>');
    const mark = transcript.mark();
    record(transcript, 'juliet', 'received', '<presence/>');
    record(transcript, 'juliet', 'sent', '<presence/>');
    const entry = transcript.find('juliet', '<presence/>');
    expect(entry).to.equal(1);
    expect(transcript.find('romeo/orchard', '<presence/>')).to.equal(-1);
    transcript.markUnexpected(entry);
    expect(transcript.entries(mark, 2).map(({ unexpected }) => unexpected)).to.deep.equal([true]);
    expect(transcript.entries().map(({ unexpected }) => unexpected)).to.deep.equal([
      undefined,
      true,
      undefined,
    ]);
  });
});
