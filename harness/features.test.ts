import { expect } from 'chai';
import { offersBlocking, offersPrivacyLists, softwareOf } from './features.js';
import { type Element, element, NS } from './wire/element.js';
import type { EndListener, StanzaListener } from './wire/stream.js';

type Answer = 'result' | 'error' | 'unrelated' | 'end';

/** A stream whose other end answers by stanzas of these types, or by ending. */
function streamOf(...answers: readonly Answer[]): Parameters<typeof offersPrivacyLists>[0] {
  return streamWith([], ...answers);
}

/** As {@link streamOf}, with a payload. */
function streamWith(
  payload: readonly Element[],
  ...answers: readonly Answer[]
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
          for (const listener of stanza) listener(element('iq', NS.client, attrs, payload), '', 0);
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

describe('offersBlocking', () => {
  const disco = 'http://jabber.org/protocol/disco#info';
  const features = (...names: readonly string[]) => [
    element(
      'query',
      disco,
      {},
      names.map((name) => element('feature', disco, { var: name })),
    ),
  ];
  const offered = (stream: ReturnType<typeof streamOf>, timeoutMs = 1000) =>
    offersBlocking(stream, 'montague.test', timeoutMs);

  it('is so where the server names the feature', async () => {
    const stream = streamWith(features(disco, NS.blocking), 'unrelated', 'result');
    expect(await offered(stream)).to.equal(true);
  });

  it('is not so where it does not, refuses, gives no answer in time, or ends the stream', async () => {
    expect(await offered(streamWith(features(disco), 'result'))).to.equal(false);
    expect(await offered(streamWith(features(NS.blocking), 'error'))).to.equal(false);
    expect(await offered(streamOf('unrelated'), 20)).to.equal(false);
    expect(await offered(streamOf('end'))).to.equal(false);
  });
});

describe('softwareOf', () => {
  const version = 'jabber:iq:version';
  const answer = (...parts: readonly (readonly [string, string])[]) => [
    element(
      'query',
      version,
      {},
      parts.map(([name, text]) => element(name, version, {}, [text])),
    ),
  ];
  const software = (stream: ReturnType<typeof streamOf>, timeoutMs = 1000) =>
    softwareOf(stream, 'montague.test', timeoutMs);

  it('is the name and the version that the server tells', async () => {
    const told = answer(['name', ' Some\nserver '], ['version', '1.2'], ['os', 'Unix']);
    expect(await software(streamWith(told, 'unrelated', 'result'))).to.equal('Some server 1.2');
    expect(await software(streamWith(answer(['name', 'Server']), 'result'))).to.equal('Server');
    expect(await software(streamWith(answer(['name', 'x'.repeat(5000)]), 'result'))).to.have.length(100);
  });

  it('is empty where it tells nothing, refuses, gives no answer in time, or ends the stream', async () => {
    expect(await software(streamWith(answer(), 'result'))).to.equal('');
    expect(await software(streamOf('result'))).to.equal('');
    expect(await software(streamWith(answer(['name', 'Server']), 'error'))).to.equal('');
    expect(await software(streamOf('unrelated'), 20)).to.equal('');
    expect(await software(streamOf('end'))).to.equal('');
  });
});
