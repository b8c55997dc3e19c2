import { expect } from 'chai';
import { element, NS } from '../wire/element.js';
import { bareJid } from './contact.js';
import { automaticReply, markerId, stanzaText } from './party.js';

const iq = (type: string, ns: string) =>
  element('iq', NS.client, { type, id: 'x1', from: 'a@a.test/b', to: 'c@c.test' }, [element('query', ns)]);

describe('automaticReply', () => {
  const reply = (type: string, ns: string) => {
    const answer = automaticReply(iq(type, ns));
    return answer === undefined ? undefined : stanzaText(answer);
  };

  it('is a result to the push of a roster or a privacy list, which needs no address of its own', () => {
    for (const ns of [NS.roster, NS.privacy]) {
      expect(reply('set', ns)).to.equal("<iq to='a@a.test/b' id='x1' type='result'/>");
    }
  });

  it('is an error to any other request, by the one who was asked', () => {
    const refusal =
      "<iq to='a@a.test/b' from='c@c.test' id='x1' type='error'><error type='cancel'>" +
      `<service-unavailable xmlns='${NS.stanzaErrors}'/></error></iq>`;
    expect(reply('get', 'urn:example')).to.equal(refusal);
    expect(reply('get', NS.roster)).to.equal(refusal);
    expect(reply('set', 'urn:example')).to.equal(refusal);
  });

  it('is nothing to an answer, nor to anything but an iq', () => {
    expect(reply('result', NS.roster)).to.equal(undefined);
    expect(reply('error', 'urn:example')).to.equal(undefined);
    expect(automaticReply(element('presence', NS.client, { type: 'probe' }))).to.equal(undefined);
  });
});

describe('markerId', () => {
  it('knows the markers of the fence by their ids', () => {
    expect(markerId(element('iq', NS.client, { id: 'fence-7' }))).to.equal('fence-7');
    expect(markerId(element('iq', NS.client, { id: 'roster-7' }))).to.equal(undefined);
    expect(markerId(element('iq', NS.client))).to.equal(undefined);
  });
});

describe('bareJid', () => {
  it('ends at the first slash', () => {
    expect(bareJid('a@a.test/b/c')).to.equal('a@a.test');
    expect(bareJid('a.test')).to.equal('a.test');
  });
});
