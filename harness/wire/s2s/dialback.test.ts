import { expect } from 'chai';
import fc from 'fast-check';
import { type Element, element, NS } from '../element.js';
import { StreamParser } from '../framing.js';
import {
  addressesOf,
  answerTo,
  DIALBACK_PREFIX,
  domainOf,
  isAnswer,
  isPacket,
  isWithin,
  outcomeOf,
  resultRequest,
  verifyRequest,
} from './dialback.js';
import { dialbackKey, isDialbackKey } from './key.js';

/** What a server reads of the text on a stream between servers. */
function read(xml: string): Element {
  let found: Element | undefined;
  const parser = new StreamParser({
    opened: () => undefined,
    element: (item) => {
      found = item;
    },
    closed: () => undefined,
    failed: (error) => {
      throw error;
    },
  });
  const declared = `xmlns='${NS.server}' xmlns:stream='${NS.streams}' xmlns:db='${DIALBACK_PREFIX['xmlns:db']}'`;
  parser.write(Buffer.from(`<stream:stream ${declared}>${xml}`));
  if (found === undefined) throw new Error(`no element: ${xml}`);
  return found;
}

describe('dialbackKey', () => {
  const first = { receiving: 'montague.example', originating: 'capulet.example', streamId: 'D60000229F' };

  it('makes the keys that XEP-0220 gives as examples', () => {
    expect(dialbackKey('s3cr3tf0rd14lb4ck', first)).to.equal(
      'b4835385f37fe2895af6c196b59097b16862406db80559900d96bf6fa7d23df3',
    );
    expect(
      dialbackKey('d14lb4ck43v3r', {
        receiving: 'capulet.example',
        originating: 'montague.example',
        streamId: '417GAF25',
      }),
    ).to.equal('225cc5aa6a071133249d25fef42ae516fc7a86c523aa1c6980a7f73e784c972d');
  });

  it('knows its own keys, with white space around them, and no others', () => {
    const key = dialbackKey('secret', first);
    expect(isDialbackKey(`\n  ${key} `, 'secret', first)).to.equal(true);
    expect(isDialbackKey(key, 'other', first)).to.equal(false);
    expect(isDialbackKey(key, 'secret', { ...first, streamId: 'D60000229E' })).to.equal(false);
    expect(isDialbackKey(key, 'secret', { ...first, originating: 'x.example' })).to.equal(false);
    expect(isDialbackKey('', 'secret', first)).to.equal(false);
  });
});

describe('dialback packets', () => {
  const pair = { from: 'remote.test', to: 'embedded.test' };

  it('carry the pair, and the id of the stream that is asked about', () => {
    const result = read(resultRequest(pair, 'abc'));
    expect(result).to.deep.equal(element('result', NS.dialback, { ...pair }, ['abc']));
    const verify = read(verifyRequest(pair, 'id-1', 'abc'));
    expect(verify).to.deep.equal(element('verify', NS.dialback, { ...pair, id: 'id-1' }, ['abc']));
    expect(isPacket(verify, 'verify')).to.equal(true);
    expect(isPacket(verify, 'result')).to.equal(false);
    expect(isPacket(element('verify', NS.server), 'verify')).to.equal(false);
  });

  it('are answered with the addresses changed over', () => {
    const request = read(verifyRequest(pair, 'id-1', 'abc'));
    const answer = read(answerTo(request, { type: 'valid' }));
    expect(answer.attrs).to.deep.equal({ from: pair.to, to: pair.from, id: 'id-1', type: 'valid' });
    expect(isAnswer(answer, 'verify', pair, 'id-1')).to.equal(true);
    expect(isAnswer(answer, 'verify', pair, 'id-2')).to.equal(false);
    expect(isAnswer(answer, 'verify', { ...pair, from: 'other.test' }, 'id-1')).to.equal(false);
    expect(isAnswer(request, 'verify', { from: pair.to, to: pair.from }, 'id-1')).to.equal(false);
    expect(outcomeOf(answer)).to.deep.equal({ type: 'valid', words: 'valid' });
  });

  it('say why nobody could tell', () => {
    const request = read(resultRequest(pair, 'abc'));
    const answer = read(answerTo(request, { type: 'error', condition: 'item-not-found' }));
    expect(outcomeOf(answer)).to.deep.equal({ type: 'error', words: 'item-not-found' });
  });

  it('are well-formed whatever a peer puts into them', () => {
    const anything = fc.string({ unit: 'grapheme' }).filter((value) => /^[\P{C}\n]*$/u.test(value));
    fc.assert(
      fc.property(anything, anything, anything, (from, id, key) => {
        const request = read(verifyRequest({ from, to: 'embedded.test' }, id, key));
        expect(request.attrs).to.include({ from, id });
        expect(read(answerTo(request, { type: 'invalid' })).attrs).to.include({ to: from, id });
      }),
    );
  });
});

describe('addresses between servers', () => {
  it('have a domain', () => {
    expect(domainOf('Juliet@Remote.TEST/a@b/c')).to.equal('remote.test');
    expect(domainOf('remote.test/x')).to.equal('remote.test');
    expect(domainOf('')).to.equal('');
    expect(isWithin('chat.remote.test', 'remote.test')).to.equal(true);
    expect(isWithin('remote.test', 'remote.test')).to.equal(true);
    expect(isWithin('xremote.test', 'remote.test')).to.equal(false);
  });

  it('are read from the start tag alone', () => {
    expect(addressesOf('<message to="b@c" from=\'a@b\'><x from="no" to="no"/></message>')).to.deep.equal({
      from: 'a@b',
      to: 'b@c',
    });
    expect(addressesOf('<message/>')).to.deep.equal({ from: '', to: '' });
    expect(addressesOf('no element')).to.deep.equal({ from: '', to: '' });
  });
});
