import { expect } from 'chai';
import { elements, NS } from '../../wire/element.js';
import { RawClient } from '../raw-client.support.test.js';
import { AWAY, conditionOf, HOME, hasId, Stage } from './stage.support.test.js';

const ROMEO = `romeo@${HOME}`;
const JULIET = `juliet@${AWAY}/balcony`;

describe('a stream of another server', () => {
  let stage: Stage;
  afterEach(() => stage.end());

  /** How the server answers a header. */
  async function answer(header: string): Promise<string> {
    const peer = await stage.peer();
    const stream = await peer.dial(await stage.server(peer.resolve), header);
    const next = await stream.next(({ name }) => ['features', 'error'].includes(name));
    return next.name === 'error'
      ? conditionOf(next)
      : elements(next)
          .map(({ name }) => name)
          .join(' ');
  }

  it('is answered with features, or with an error where the header is wrong', async () => {
    const expected = {
      [`from='${AWAY}' to='${HOME}' version='1.0'`]: 'starttls dialback',
      "version='1.0'": 'starttls dialback',
      [`to='rooms.${HOME}' version='1.0'`]: 'host-unknown',
      "to='elsewhere.test' version='1.0'": 'host-unknown',
      "to='not @ domain' version='1.0'": 'host-unknown',
    };
    for (const [header, found] of Object.entries(expected)) {
      stage = new Stage('rfc6121');
      expect(await answer(header), header).to.equal(found);
      await stage.end();
    }
  });

  it('is for the domain of a component as well', async () => {
    stage = new Stage('rfc6121');
    const { peer, server } = await stage.both();
    const rooms = await RawClient.component(server, `rooms.${HOME}`, 'hush');
    const stream = await peer.dial(server, `from='${AWAY}' to='rooms.${HOME}' version='1.0'`);
    expect((await peer.prove(stream, AWAY, `rooms.${HOME}`)).attrs).to.deep.equal({
      from: `rooms.${HOME}`,
      to: AWAY,
      type: 'valid',
    });
    stream.send(`<message from='${JULIET}' to='all@rooms.${HOME}' id='m1'/>`);
    await rooms.next(hasId('m1'));
    // And what the component sends goes out in its own name.
    rooms.send(`<message from='all@rooms.${HOME}' to='${JULIET}' id='m2'/>`);
    expect((await peer.stanza('m2')).element.attrs.from).to.equal(`all@rooms.${HOME}`);
    const key = await peer.next(({ element }) => element.name === 'result');
    expect(key.element.attrs).to.deep.equal({ from: `rooms.${HOME}`, to: AWAY });
    // It does not speak for the server beside it.
    stream.send(`<message from='${JULIET}' to='${ROMEO}' id='m3'/>`);
    expect(conditionOf(await stream.next(({ name }) => name === 'error'))).to.equal('host-unknown');
  });

  it('has its keys verified by the authoritative server, with the id of the stream', async () => {
    stage = new Stage('rfc3921');
    const { peer, server } = await stage.both();
    const stream = await peer.proved(server);
    const { element } = await peer.next(({ element: { name } }) => name === 'verify');
    expect(element.attrs).to.include({ from: HOME, to: AWAY });
    expect(element.attrs.id).to.match(/^[0-9a-f]{32}$/);
    expect(element.children).to.deep.equal([`key of ${AWAY}`]);
    stream.send(`<iq type='get' from='${JULIET}' to='${HOME}' id='q1'><ping xmlns='urn:xmpp:ping'/></iq>`);
    // The answer takes a stream of its own, which is proved in the other direction.
    expect((await peer.stanza('q1')).element.attrs.type).to.equal('result');
  });

  it('may be of a server of before XMPP 1.0', async () => {
    stage = new Stage('rfc3921');
    const { peer, server, romeo } = await stage.both({
      greet: () =>
        `<stream:stream xmlns='${NS.server}' xmlns:db='${NS.dialback}' xmlns:stream='${NS.streams}' id='1'>`,
    });
    const stream = await peer.dial(server, '');
    expect((await peer.prove(stream, AWAY, HOME)).attrs.type).to.equal('valid');
    expect(stream.inbox).to.deep.equal([]);
    stream.send(`<message from='${JULIET}' to='${ROMEO}/orchard' id='m1'/>`);
    await romeo.next(hasId('m1'));
    romeo.send(`<message to='${JULIET}' id='m2'/>`);
    await peer.stanza('m2');
  });

  it('proves no domain of the server itself', async () => {
    stage = new Stage('rfc6121');
    const { peer, server } = await stage.both();
    const stream = await peer.dial(server);
    expect((await peer.prove(stream, HOME, HOME)).attrs.type).to.equal('invalid');
    await stream.closed;
    expect(peer.streams).to.equal(0);
  });

  it('is refused a domain that the server does not have: by a stream error of old, a dialback error since', async () => {
    stage = new Stage('rfc3921');
    const old = await stage.both();
    const closing = await old.peer.dial(old.server);
    expect(conditionOf(await old.peer.prove(closing, AWAY, 'else.test'))).to.equal('host-unknown');
    await closing.closed;
    await stage.end();
    stage = new Stage('rfc6121');
    const { peer, server } = await stage.both();
    const stream = await peer.dial(server);
    const refusal = await peer.prove(stream, AWAY, 'else.test');
    expect(refusal.attrs).to.deep.equal({ from: 'else.test', to: AWAY, type: 'error' });
    expect(conditionOf(refusal)).to.equal('item-not-found');
    expect((await peer.prove(stream, AWAY, HOME)).attrs.type).to.equal('valid');
    stream.send(`<db:verify from='${AWAY}' to='else.test' id='i'>key</db:verify>`);
    const unknown = await stream.next(({ name }) => name === 'verify');
    expect([unknown.attrs.type, conditionOf(unknown)]).to.deep.equal(['error', 'item-not-found']);
  });

  it('is told why a key could not be verified', async () => {
    stage = new Stage('rfc6121');
    const peer = await stage.peer({ greet: () => '</stream:stream>' });
    const server = await stage.server(async (domain, kind) =>
      domain === AWAY ? peer.resolve(domain, kind) : [],
    );
    const stream = await peer.dial(server);
    expect(conditionOf(await peer.prove(stream, AWAY, HOME))).to.equal('remote-server-timeout');
    expect(conditionOf(await peer.prove(stream, 'nowhere.test', HOME))).to.equal('remote-server-not-found');
  });

  it('may not ask for keys of domains that it does not speak for, under RFC 3920', async () => {
    stage = new Stage('rfc3921');
    const { peer, server } = await stage.both();
    const stream = await peer.dial(server);
    const ask = (from: string) =>
      stream.send(`<db:verify from='${from}' to='${HOME}' id='i'>key</db:verify>`);
    ask(`rooms.${AWAY}`);
    expect((await stream.next(({ name }) => name === 'verify')).attrs.type).to.equal('invalid');
    ask('else.test');
    expect(conditionOf(await stream.next(({ name }) => name === 'error'))).to.equal('invalid-from');
  });
});
