import { expect } from 'chai';
import { blockedJids, denial, listBlocking } from './blocklist.js';
import { parseJid } from './jid.js';
import type { Rule, Subject } from './privacy.js';

const NURSE = 'nurse@capulet.test';
const PARIS = 'paris@verona.test/square';

function rule(subject: Subject, change: Partial<Rule> = {}): Rule {
  return { subject, action: 'deny', order: 7, granules: [], ...change };
}

function about(text: string): Subject {
  const jid = parseJid(text);
  if (jid === undefined) throw new Error(text);
  return { type: 'jid', jid };
}

describe('a blocklist', () => {
  it('is made of the items of a privacy list that deny a JID everything', () => {
    const rules = [
      rule(about(NURSE)),
      rule(about(PARIS), { action: 'allow' }),
      rule(about('verona.test'), { granules: ['message'] }),
      rule({ type: 'subscription', value: 'none' }),
      rule({ type: 'everyone' }),
    ];
    expect(blockedJids(rules)).to.deep.equal([NURSE]);
  });

  it('puts new addresses before what the list holds, in ascending order', () => {
    const rules = [rule({ type: 'everyone' }, { order: 9 }), rule(about(NURSE), { order: 4 })];
    const listed = listBlocking(rules, [NURSE, PARIS]);
    expect(listed.map(({ subject, order }) => [subject.type, order])).to.deep.equal([
      ['jid', 1],
      ['jid', 2],
      ['everyone', 3],
    ]);
    expect(blockedJids(listed)).to.deep.equal([PARIS, NURSE]);
  });

  it('takes out the addresses that are not on it any more, and no other item', () => {
    const allowed = rule(about(PARIS), { action: 'allow' });
    const listed = listBlocking([...denial(NURSE), ...denial('verona.test'), allowed], ['verona.test']);
    expect(blockedJids(listed)).to.deep.equal(['verona.test']);
    expect(listed).to.have.length(2);
    expect(listBlocking(denial(NURSE), [])).to.deep.equal([]);
  });

  it('knows no rule about what is no address', () => {
    expect(denial('@capulet.test')).to.deep.equal([]);
  });
});
