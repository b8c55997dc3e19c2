import { expect } from 'chai';
import { type Element, element, NS } from '../wire/element.js';
import type { StreamEnd } from '../wire/failure.js';
import { CaseTranscript } from './case-transcript.js';
import { ContactHost, type ContactLink } from './contact.js';
import { Arrivals } from './mailbox.js';
import { stanzaText } from './party.js';

/** A link without a server: what is told comes in, what goes out is kept. */
function scriptedStream() {
  const sent: string[] = [];
  let onStanza: (stanza: Element, raw: string, atMs: number) => void = () => {};
  let onEnd: Parameters<ContactLink['onEnd']>[0] = () => {};
  const stream: ContactLink = {
    domain: 'contact.test',
    send: (xml) => void sent.push(xml),
    onStanza: (listener) => {
      onStanza = listener;
    },
    onEnd: (listener) => {
      onEnd = listener;
    },
    close: async () => {},
  };
  const tell = (stanza: Element) => onStanza(stanza, stanzaText(stanza), performance.now());
  const end = (concerns?: (jid: string) => boolean) =>
    onEnd({ kind: 'lost', message: 'it dropped the connection' } satisfies StreamEnd, concerns);
  return { stream, sent, tell, end };
}

describe('ContactHost', () => {
  const query = (to: string) =>
    element('iq', NS.component, { type: 'get', id: 'q', from: 'embedded.test', to }, [
      element('query', 'urn:example:any'),
    ]);
  const play = () => {
    const scripted = scriptedStream();
    const host = new ContactHost('contact.test', scripted.stream);
    const arrivals = new Arrivals();
    const markers: string[] = [];
    const juliet = host.contact('juliet', 'juliet-1', new CaseTranscript(), arrivals, (id) =>
      markers.push(id),
    );
    return { ...scripted, host, arrivals, juliet, markers };
  };

  it('gives each contact what is addressed to it, by whatever resource, and keeps markers apart', () => {
    const { tell, juliet, markers } = play();
    const to = 'juliet-1@contact.test';
    tell(element('presence', NS.component, { from: 'a@b.test', to }));
    tell(element('presence', NS.component, { from: 'a@b.test', to: `${to}/balcony` }));
    tell(element('presence', NS.component, { from: 'a@b.test', to: 'nurse-1@contact.test' }));
    tell(element('message', NS.component, { from: 'a@b.test', to, id: 'fence-1' }));
    expect(juliet.mailbox.stanzas.map(({ element }) => element.attrs.to)).to.deep.equal([
      to,
      `${to}/balcony`,
    ]);
    expect(markers).to.deep.equal(['fence-1']);
  });

  it('answers queries to the component and to contacts, and none behind its own closing tag', async () => {
    const { tell, sent, host } = play();
    tell(query('contact.test'));
    tell(query('juliet-1@contact.test'));
    expect(sent.map((xml) => /from='([^']*)'/.exec(xml)?.[1])).to.deep.equal([
      'contact.test',
      'juliet-1@contact.test',
    ]);
    await host.close();
    tell(query('contact.test'));
    expect(sent).to.have.length(2);
  });

  it('answers a marker that is a query, which has come back only with that answer', () => {
    const { tell, sent, markers, juliet } = play();
    const passedOn = query(juliet.jid);
    tell({ ...passedOn, attrs: { ...passedOn.attrs, id: 'fence-1' } });
    expect(markers).to.deep.equal([]);
    expect(sent).to.have.length(1);
    expect(sent[0]).to.match(/id='fence-1'.*type='error'|type='error'.*id='fence-1'/);
    expect(juliet.mailbox.stanzas).to.deep.equal([]);
  });

  it('gives a contact that was released nothing more', () => {
    const { tell, host, juliet } = play();
    host.release(juliet);
    tell(element('presence', NS.component, { to: juliet.jid }));
    expect(juliet.mailbox.stanzas).to.deep.equal([]);
  });

  // Longer than a test may last: only the end itself can wake who waits.
  it('wakes who waits when the stream ends', async () => {
    const { end, host, arrivals } = play();
    const woken = arrivals.until(() => host.lost !== undefined, 60_000);
    end();
    expect(await woken).to.equal(true);
    expect(host.lost?.kind).to.equal('lost');
    const late = host.contact('nurse', 'nurse-1', new CaseTranscript(), arrivals, () => undefined);
    expect(late.lost?.kind).to.equal('lost');
  });

  it('goes on when one stream of several has ended, but for the contacts that it concerns', async () => {
    const { end, host, arrivals, juliet } = play();
    const nurse = host.contact('nurse', 'nurse-1', new CaseTranscript(), arrivals, () => undefined);
    const woken = arrivals.until(() => nurse.lost !== undefined, 60_000);
    end((jid) => jid === 'nurse-1@contact.test');
    expect(await woken).to.equal(true);
    expect(juliet.lost).to.equal(undefined);
    expect(host.lost).to.equal(undefined);
  });
});
