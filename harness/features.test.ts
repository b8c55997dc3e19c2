import { expect } from 'chai';
import { offersPrivacyLists } from './features.js';
import { element, NS } from './wire/element.js';
import type { EndListener, StanzaListener } from './wire/stream.js';

/** A stream whose other end answers by stanzas of these types, or by ending. */
function streamOf(
  ...answers: readonly ('result' | 'error' | 'unrelated' | 'end')[]
): Parameters<typeof offersPrivacyLists>[0] {
  const stanza: StanzaListener[] = [];
  const end: EndListener[] = [];
  return {
    send: (xml) => {
      const id = /id='([^']*)'/.exec(xml)?.[1];
      for (const answer of answers) {
        if (answer === 'end') {
          for (const listener of end) listener({ kind: 'closed', message: 'The stream was closed.' });
        } else {
          const type = answer === 'unrelated' ? 'result' : answer;
          const attrs = { type, id: answer === 'unrelated' ? 'other' : id };
          for (const listener of stanza) listener(element('iq', NS.client, attrs), '', 0);
        }
      }
    },
    onStanza: (listener) => void stanza.push(listener),
    onEnd: (listener) => void end.push(listener),
  };
}

describe('offersPrivacyLists', () => {
  it('is so where the names of the lists are given', async () => {
    expect(await offersPrivacyLists(streamOf('unrelated', 'result'), 1000)).to.equal(true);
  });

  it('is not so where they are refused, not given in time, or the stream ends', async () => {
    expect(await offersPrivacyLists(streamOf('error'), 1000)).to.equal(false);
    expect(await offersPrivacyLists(streamOf('unrelated'), 20)).to.equal(false);
    expect(await offersPrivacyLists(streamOf('end'), 1000)).to.equal(false);
  });
});
