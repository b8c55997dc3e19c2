import { expect } from 'chai';
import { openClient } from '../wire/client.js';
import { failed } from '../wire/failed.support.test.js';
import { type FakeServer, opening, startFake } from '../wire/fake-server.support.test.js';
import { type Prosody, prosodyMissing, startProsody } from '../wire/prosody.support.test.js';
import type { WireEntry } from '../wire/transcript.js';
import { registerProvisioner } from './register.js';

const ignore = () => {};
const FORM =
  "<iq type='result' id='register-form'><query xmlns='jabber:iq:register'><instructions>x</instructions><username/><password/><email/></query></iq>";

describe('registerProvisioner against Prosody', () => {
  let prosody: Prosody;

  before(async function () {
    if (prosodyMissing() !== '') {
      console.log(`      skipped: ${prosodyMissing()}`);
      this.skip();
    }
    prosody = await startProsody();
  });
  after(async () => {
    await prosody?.stop();
  });

  it('registers many accounts on one connection, all fresh and ready to log in', async () => {
    const entries: WireEntry[] = [];
    const context = {
      endpoint: prosody.endpoint,
      domain: prosody.domain,
      timeoutMs: 5000,
      record: (entry: WireEntry) => entries.push(entry),
    };
    const provisioner = registerProvisioner(context);
    provisioner.ensure(60);
    const accounts = await Promise.all(
      Array.from({ length: 60 }, (_, index) => provisioner.acquire(index % 2 === 0 ? 'Romeo' : 'juliet')),
    );
    await provisioner.close();
    expect(new Set(accounts.map(({ jid }) => jid)).size).to.equal(60);
    expect(accounts[0]?.jid).to.match(/^romeo-[0-9a-f]{8}-1@xmpp\.test$/);
    expect(entries.filter(({ xml }) => xml.startsWith('connected to'))).to.have.length(1);
    for (const account of accounts) expect(JSON.stringify(entries)).not.to.include(account.password);
    const last = accounts.at(-1);
    const client = await openClient({
      ...context,
      username: last?.username ?? '',
      password: last?.password ?? '',
    });
    expect(client.jid).to.match(new RegExp(`^${last?.jid}/`));
    await client.close();
  });

  it('says so when registration is not offered', async () => {
    const shut = await startProsody({ extra: 'allow_registration = false' });
    try {
      const provisioner = registerProvisioner({
        endpoint: shut.endpoint,
        domain: shut.domain,
        timeoutMs: 3000,
        record: ignore,
      });
      const error = await failed(provisioner.acquire('romeo'));
      expect(error.kind).to.equal('registration');
      expect(error.message).to.match(/offers no in-band registration at xmpp\.test .*--accounts/);
      await provisioner.close();
    } finally {
      await shut.stop();
    }
  });
});

describe('registerProvisioner against servers that fail', () => {
  let fake: FakeServer | undefined;
  afterEach(async () => {
    await fake?.stop();
    fake = undefined;
  });

  const provision = (server: FakeServer, timeoutMs = 500) =>
    registerProvisioner({ endpoint: server.endpoint('off'), domain: 'xmpp.test', timeoutMs, record: ignore });
  const ids = (received: string) =>
    [...received.matchAll(/type='set' id='([^']+)'/g)].map((match) => match[1]);
  const results = (received: string) => ids(received).map((id) => `<iq type='result' id='${id}'/>`);

  it('reconnects to a server that closes after each registration, and loses none', async () => {
    fake = await startFake((_number, socket) => {
      let step = 0;
      return (received) => {
        step++;
        if (step === 1) return opening('');
        if (step === 2) return FORM;
        const [first] = results(received);
        if (first !== undefined) socket.end(`${first}</stream:stream>`);
        return undefined;
      };
    });
    const provisioner = provision(fake);
    const accounts = await Promise.all(Array.from({ length: 8 }, () => provisioner.acquire('romeo')));
    expect(new Set(accounts.map(({ jid }) => jid)).size).to.equal(8);
    expect(fake.connections()).to.be.within(8, 10);
    await provisioner.close();
  });

  it('goes one by one on a server that answers only the last of several requests, and loses none', async () => {
    const made = new Set<string>();
    fake = await startFake(() => {
      let step = 0;
      return (received) => {
        step++;
        if (step === 1) return opening('');
        if (step === 2) return FORM;
        const asked = ids(received);
        const last = asked.at(-1) ?? '';
        const isNew = !made.has(last);
        for (const id of asked) made.add(id ?? '');
        return isNew
          ? `<iq type='result' id='${last}'/>`
          : `<iq type='error' id='${last}'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`;
      };
    });
    const provisioner = provision(fake);
    const accounts = await Promise.all(Array.from({ length: 20 }, () => provisioner.acquire('romeo')));
    expect(new Set(accounts.map(({ jid }) => jid)).size).to.equal(20);
    expect(fake.connections()).to.equal(1);
    await provisioner.close();
  });

  it('takes a conflict on a repeated request for success, on a first one for a refusal', async () => {
    const conflict = (id: string | undefined) =>
      `<iq type='error' id='${id}'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`;
    for (const dropFirst of [true, false]) {
      fake = await startFake((number, socket) => {
        let step = 0;
        return (received) => {
          step++;
          if (step === 1) return opening('');
          if (step === 2) return FORM;
          if (dropFirst && number === 1) {
            socket.end();
            return undefined;
          }
          return conflict(ids(received)[0]);
        };
      });
      const provisioner = provision(fake);
      if (dropFirst) expect((await provisioner.acquire('romeo')).username).to.match(/^romeo-/);
      else
        expect((await failed(provisioner.acquire('romeo'))).message).to.match(
          /refuses to register .*conflict/,
        );
      await provisioner.close();
      await fake.stop();
    }
  });

  it('gives up on a server that drops the connection on each request', async () => {
    fake = await startFake((_number, socket) => {
      let step = 0;
      return () => {
        step++;
        if (step === 1) return opening('');
        if (step === 2) return FORM;
        socket.end();
        return undefined;
      };
    });
    const provisioner = provision(fake);
    expect((await failed(provisioner.acquire('romeo'))).message).to.include('dropped the connection');
    expect(fake.connections()).to.equal(3);
    await provisioner.close();
  });

  it('tells throttling by its remedy, and fills in the fields that are asked for', async () => {
    let seen = '';
    fake = await startFake(() => {
      let step = 0;
      return (received) => {
        step++;
        if (step === 1) return opening('');
        if (step === 2) return FORM;
        seen = received;
        return `<iq type='error' id='${ids(received)[0]}'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>too quickly</text></error></iq>`;
      };
    });
    const provisioner = provision(fake);
    const error = await failed(provisioner.acquire('romeo'));
    expect(error.message).to.match(/slows down registration .*"too quickly".*lift its limit/);
    expect(seen).to.match(/<email>romeo-\w+-1@xmpp\.test<\/email>/);
    expect(seen).not.to.include('<instructions>');
    await provisioner.close();
  });

  it('refuses a form that asks for more than it can know', async () => {
    fake = await startFake(() => {
      const left = [
        opening(''),
        "<iq type='result' id='register-form'><query xmlns='jabber:iq:register'><instructions>See the web</instructions></query></iq>",
      ];
      return () => left.shift();
    });
    const error = await failed(provision(fake).acquire('romeo'));
    expect(error.message).to.include('web page');
  });

  it('gives up on a request that is never answered, and fails what is open when it is closed', async () => {
    fake = await startFake(() => {
      const left = [opening(''), FORM];
      return () => left.shift();
    });
    const provisioner = provision(fake, 100);
    expect((await failed(provisioner.acquire('romeo'))).kind).to.equal('timeout');
    const pending = failed(provisioner.acquire('romeo'));
    await provisioner.close();
    expect((await pending).message).to.include('run is ending');
  });
});
