import { expect } from 'chai';
import { RosterHistory } from './roster-history.js';

describe('RosterHistory', () => {
  it('tells each item that changed since a version once, by its last change and in that order', () => {
    const history = new RosterHistory();
    const first = history.version;
    history.note('a@b');
    const second = history.version;
    history.note('c@d');
    history.note('a@b');
    expect(history.since(first)?.map(({ jid }) => jid)).to.deep.equal(['c@d', 'a@b']);
    expect(history.since(second)?.map(({ jid }) => jid)).to.deep.equal(['c@d', 'a@b']);
    expect(history.since(first)?.at(-1)?.version).to.equal(history.version);
    expect(history.since(history.version)).to.deep.equal([]);
  });

  it('does not know versions that it never gave', () => {
    const history = new RosterHistory();
    for (const version of ['', 'ver1', 'ver-1', '0', 'anything']) {
      expect(history.since(version), version).to.equal(undefined);
    }
  });
});
