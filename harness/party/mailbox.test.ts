import { expect } from 'chai';
import { element, NS } from '../wire/element.js';
import { Arrivals, Mailbox } from './mailbox.js';

describe('Mailbox', () => {
  it('tells what came after a mark', () => {
    const mailbox = new Mailbox();
    const receive = (id: string) =>
      mailbox.stanzas.push({ element: element('iq', NS.client, { id }), xml: id, atMs: 0, entry: 0 });
    receive('a');
    const mark = mailbox.mark();
    receive('b');
    receive('c');
    expect(mailbox.since(mark).map(({ xml }) => xml)).to.deep.equal(['b', 'c']);
    expect(mailbox.since(0)).to.have.length(3);
  });
});

describe('Arrivals', () => {
  it('does not wait for what holds already', async () => {
    expect(await new Arrivals().until(() => true, 10_000)).to.equal(true);
  });

  it('looks again after every arrival, for everybody who waits', async () => {
    const arrivals = new Arrivals();
    let came = 0;
    const waiting = [arrivals.until(() => came >= 1, 10_000), arrivals.until(() => came >= 2, 10_000)];
    came = 1;
    arrivals.notify();
    came = 2;
    arrivals.notify();
    expect(await Promise.all(waiting)).to.deep.equal([true, true]);
  });

  it('gives up after the time-out, having looked once more', async () => {
    const arrivals = new Arrivals();
    expect(await arrivals.until(() => false, 1)).to.equal(false);
    let looks = 0;
    expect(await arrivals.until(() => ++looks > 1, 1)).to.equal(true);
  });
});
