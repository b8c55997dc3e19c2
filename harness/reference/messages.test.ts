import { expect } from 'chai';
import { element, NS } from '../wire/element.js';
import type { Mode } from './policy.js';
import { Sandbox } from './sandbox.support.test.js';
import { presence } from './stanza.js';

const SENDER = 'juliet@capulet.test/balcony';
const TYPES = ['normal', 'chat', 'groupchat', 'headline'] as const;

type Situation = 'nobody' | 'away' | 'negative' | 'one' | 'several';

/**
 * What becomes of a message: O stored, E returned, S ignored, D delivered to the named resource, M to the most
 * available, A to all that take messages.
 */
function fate(mode: Mode, situation: Situation, address: 'bare' | 'match' | 'other', type: string): string {
  const sandbox = new Sandbox(mode);
  const account = sandbox.accounts.create('romeo', 'secret');
  if (account === undefined) throw new Error('No account can be made.');
  const priorities = { nobody: [], away: [], negative: [-1], one: [0], several: [0, 5] }[situation];
  priorities.forEach((priority, index) => {
    const session = sandbox.connect(account, `r${index}`, { interested: false, available: false });
    sandbox.from(session, presence({}, [element('priority', NS.client, {}, [`${priority}`])]));
  });
  if (situation === 'nobody') sandbox.accounts.remove(account);
  sandbox.sent.length = 0;
  const to = account.bare + { bare: '', match: '/r0', other: '/moon' }[address];
  sandbox.router.route(element('message', NS.client, { from: SENDER, to, type }));
  const places = sandbox.sent.map(({ at, stanza }) => (stanza.attrs.type === 'error' ? 'E' : at));
  if (account.offline.length > 0) return 'O';
  if (places.length === 0) return 'S';
  if (places.includes('E')) return 'E';
  if (address === 'match') return 'D';
  if (places.length === priorities.length) return priorities.length === 1 ? 'D' : 'A';
  return places.join() === 'romeo/r1' ? 'M' : places.join();
}

function row(mode: Mode, situation: Situation, address: 'bare' | 'match' | 'other'): string {
  return TYPES.map((type) => fate(mode, situation, address, type)).join(' ');
}

describe('receiveMessage', () => {
  it('follows table 1 of RFC 6121 8.5.4', () => {
    expect(row('rfc6121', 'nobody', 'bare')).to.equal('E E E S');
    expect(row('rfc6121', 'nobody', 'other')).to.equal('E E E E');
    expect(row('rfc6121', 'away', 'bare')).to.equal('O O E S');
    expect(row('rfc6121', 'away', 'other')).to.equal('E O E E');
    expect(row('rfc6121', 'negative', 'bare')).to.equal('O O E S');
    expect(row('rfc6121', 'negative', 'match')).to.equal('D D D D');
    expect(row('rfc6121', 'negative', 'other')).to.equal('E O E E');
    expect(row('rfc6121', 'one', 'bare')).to.equal('D D E D');
    expect(row('rfc6121', 'one', 'match')).to.equal('D D D D');
    expect(row('rfc6121', 'one', 'other')).to.equal('E D E E');
    expect(row('rfc6121', 'several', 'bare')).to.equal('M M E A');
    expect(row('rfc6121', 'several', 'match')).to.equal('D D D D');
    expect(row('rfc6121', 'several', 'other')).to.equal('E M E E');
  });

  it('follows RFC 3921 11.1, which knows no types: highest priority, or storage', () => {
    expect(row('rfc3921', 'nobody', 'bare')).to.equal('E E E E');
    expect(row('rfc3921', 'away', 'bare')).to.equal('O O E O');
    expect(row('rfc3921', 'negative', 'bare')).to.equal('O O E O');
    expect(row('rfc3921', 'several', 'bare')).to.equal('M M M M');
    expect(row('rfc3921', 'several', 'match')).to.equal('D D D D');
    expect(row('rfc3921', 'several', 'other')).to.equal('M M M M');
  });

  it('never answers an error', () => {
    for (const mode of ['rfc3921', 'rfc6121'] as const) {
      expect(fate(mode, 'nobody', 'bare', 'error')).to.equal('S');
      expect(fate(mode, 'away', 'other', 'error')).to.equal('S');
    }
  });
});
