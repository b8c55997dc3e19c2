import { expect } from 'chai';
import { type Jid, parseJid } from './jid.js';
import { type Counterpart, judgeByList, type Rule, type StanzaKind, type Subject } from './privacy.js';

const KINDS: readonly StanzaKind[] = ['message', 'iq', 'presence-in', 'presence-out', 'other'];

function jid(text: string): Jid {
  const parsed = parseJid(text);
  if (parsed === undefined) throw new Error(`${text} is no JID.`);
  return parsed;
}

function someone(text: string, known: Partial<Counterpart> = {}): Counterpart {
  return { jid: jid(text), groups: [], subscription: 'none', ...known };
}

function rule(subject: Subject, parts: Partial<Rule> = {}): Rule {
  return { subject, action: 'deny', order: 1, granules: [], ...parts };
}

const about = (text: string): Subject => ({ type: 'jid', jid: jid(text) });
const EVERYONE: Subject = { type: 'everyone' };

function denies(subject: Subject, other: Counterpart, reach: 'subdomains' | 'domain' = 'domain'): boolean {
  return judgeByList([rule(subject)], other, 'message', reach) === 'deny';
}

describe('judgeByList', () => {
  it('matches a JID in its four forms (RFC 3921 10.1)', () => {
    const matched = (ruled: string, ...others: readonly string[]) =>
      others.filter((other) => denies(about(ruled), someone(other)));
    const user = ['a@b.test/c', 'a@b.test/d', 'a@b.test', 'x@b.test/c', 'b.test', 'b.test/c', 'a@c.test'];
    expect(matched('a@b.test/c', ...user)).to.deep.equal(['a@b.test/c']);
    expect(matched('a@b.test', ...user)).to.deep.equal(['a@b.test/c', 'a@b.test/d', 'a@b.test']);
    expect(matched('b.test/c', ...user)).to.deep.equal(['b.test/c']);
    expect(matched('b.test', ...user)).to.deep.equal(user.slice(0, -1));
  });

  it('takes subdomains in with a domain only where told so', () => {
    for (const other of ['a@sub.b.test/c', 'sub.b.test', 'deep.sub.b.test']) {
      expect(denies(about('b.test'), someone(other), 'subdomains'), other).to.equal(true);
      expect(denies(about('b.test'), someone(other), 'domain'), other).to.equal(false);
    }
    expect(denies(about('b.test'), someone('a@notb.test'), 'subdomains')).to.equal(false);
    expect(denies(about('a@b.test'), someone('a@sub.b.test'), 'subdomains')).to.equal(false);
  });

  it('matches a roster group', () => {
    const group: Subject = { type: 'group', name: 'Foes' };
    expect(denies(group, someone('a@b.test', { groups: ['Friends', 'Foes'] }))).to.equal(true);
    expect(denies(group, someone('a@b.test', { groups: ['Friends'] }))).to.equal(false);
    expect(denies(group, someone('a@b.test'))).to.equal(false);
  });

  it('matches a subscription exactly, none standing for strangers too', () => {
    const values = ['none', 'to', 'from', 'both'] as const;
    for (const value of values) {
      const matched = values.filter((subscription) =>
        denies({ type: 'subscription', value }, someone('a@b.test', { subscription })),
      );
      expect(matched).to.deep.equal([value]);
    }
    expect(denies({ type: 'subscription', value: 'none' }, someone('a@b.test'))).to.equal(true);
  });

  it('stops with the first rule that matches, in ascending order', () => {
    const allowed = rule(about('a@b.test'), { action: 'allow', order: 2 });
    const fallThrough = rule(EVERYONE, { order: 10 });
    const of = (rules: readonly Rule[], other: string) =>
      judgeByList(rules, someone(other), 'iq', 'subdomains');
    expect(of([fallThrough, allowed], 'a@b.test')).to.equal('allow');
    expect(of([fallThrough, allowed], 'c@b.test')).to.equal('deny');
    expect(of([allowed, rule(EVERYONE, { order: 1 })], 'a@b.test')).to.equal('deny');
  });

  it('allows what no rule matches', () => {
    expect(judgeByList([], someone('a@b.test'), 'message', 'domain')).to.equal('allow');
    expect(denies(about('a@b.test'), someone('c@b.test'))).to.equal(false);
  });

  it('limits a rule to its granules, and without any stops everything', () => {
    const denied = (...granules: Rule['granules']) =>
      KINDS.filter(
        (kind) => judgeByList([rule(EVERYONE, { granules })], someone('a@b.test'), kind, 'domain') === 'deny',
      );
    expect(denied()).to.deep.equal(KINDS);
    expect(denied('message')).to.deep.equal(['message']);
    expect(denied('iq', 'presence-in')).to.deep.equal(['iq', 'presence-in']);
    expect(denied('presence-out')).to.deep.equal(['presence-out']);
  });
});
