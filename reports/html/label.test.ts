import { expect } from 'chai';
import { HOSTILE_TEXTS } from '../testing/hostile.js';
import { labelOf, shortJid } from './label.js';

describe('labelOf', () => {
  const labels: readonly (readonly [string, string])[] = [
    ['<presence/>', 'presence'],
    ["<presence type='subscribe'/>", 'presence subscribe'],
    ["<iq type='set'><query xmlns='jabber:iq:roster'/></iq>", 'iq set roster'],
    ["<iq type='get'><query xmlns='urn:other'/></iq>", 'iq get query'],
    ["<iq type='result'/>", 'iq result'],
    ["<message type='chat'><body>Hist!</body></message>", 'message chat'],
    ["<message type='error'><body/><error><gone/><text/></error></message>", 'message error gone'],
    ['<stream:error><conflict/></stream:error>', 'stream:error conflict'],
    ['the item has one group', 'the item has one group'],
  ];
  for (const [xml, label] of labels) {
    it(`${xml} is ${label}`, () => expect(labelOf(xml).text).to.equal(label));
  }

  it('is short and on one line whatever comes', () => {
    for (const text of HOSTILE_TEXTS) expect(labelOf(text).text).to.match(/^.{0,44}$/u);
  });
});

describe('shortJid', () => {
  const owners = new Set(['romeo', 'juliet', 'the-nurse']);

  it("gives the scenario's name where the account was made for it", () => {
    expect(shortJid('romeo-02f0dcc4-22@localhost/hall', owners)).to.equal('romeo/hall');
    expect(shortJid('juliet@contact.test', owners)).to.equal('juliet');
    expect(shortJid('the-nurse@contact.test', owners)).to.equal('the-nurse');
  });

  it('leaves any other JID', () => {
    expect(shortJid('nurse@capulet.example', owners)).to.equal('nurse@capulet.example');
    expect(shortJid('localhost', owners)).to.equal('localhost');
  });
});
