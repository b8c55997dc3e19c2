import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openClient } from '../wire/client.js';
import { failed } from '../wire/failed.support.test.js';
import { prosodyMissing, startProsody } from '../wire/prosody.support.test.js';
import { commandProvisioner, splitWords } from './command.js';

const CONTEXT = { domain: 'xmpp.test; echo $HOME', timeoutMs: 5000 };

describe('commandProvisioner', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-command-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('splits first and substitutes then, so that no value becomes a word or a command of its own', async () => {
    const out = join(folder, 'argv');
    const script = `require('fs').writeFileSync(process.argv[1], JSON.stringify(process.argv.slice(2)))`;
    const provisioner = commandProvisioner(
      `${process.execPath} -e "${script}" '${out}' {user} '{user}@{domain}' -p={password}`,
      CONTEXT,
    );
    const account = await provisioner.acquire('Romeo Montague');
    expect(account.username).to.match(/^romeomontague-/);
    expect(JSON.parse(readFileSync(out, 'utf8'))).to.eql([
      account.username,
      `${account.username}@${CONTEXT.domain}`,
      `-p=${account.password}`,
    ]);
    await provisioner.close();
  });

  it('reports what the command says when it fails, and a program that is not there', async () => {
    const failing = commandProvisioner("sh -c 'echo no such vhost >&2; exit 3' {user}", CONTEXT);
    const error = await failed(failing.acquire('romeo'));
    expect(error.kind).to.equal('registration');
    expect(error.message).to.match(/sh failed with status 3 .*romeo-.*"no such vhost"/);
    const telling = commandProvisioner("sh -c 'echo bad password $0 >&2; exit 1' {password} {user}", CONTEXT);
    expect((await failed(telling.acquire('romeo'))).message).to.include('"bad password (password withheld)"');
    const missing = await failed(commandProvisioner('no-such-program {user}', CONTEXT).acquire('romeo'));
    expect(missing.message).to.match(/no-such-program.*ENOENT/);
  });

  it('ends a command that goes on for too long, and those under way when it is closed', async () => {
    const endless = commandProvisioner(`${process.execPath} -e setInterval(String,1e6) {user}`, {
      ...CONTEXT,
      timeoutMs: 200,
    });
    expect((await failed(endless.acquire('romeo'))).message).to.include('did not end within 200 ms');
    const stubborn = commandProvisioner(`sh -c 'trap "" TERM; exec sleep 60' {user}`, {
      ...CONTEXT,
      timeoutMs: 200,
    });
    expect((await failed(stubborn.acquire('romeo'))).message).to.include('did not end within 200 ms');
    const open = commandProvisioner(`${process.execPath} -e setInterval(String,1e6) {user}`, CONTEXT);
    const pending = Array.from({ length: 6 }, () => failed(open.acquire('romeo')));
    await open.close();
    for (const error of await Promise.all(pending)) expect(error.message).to.include('run is ending');
  });

  it('creates accounts on Prosody with prosodyctl', async function () {
    if (prosodyMissing() !== '') {
      console.log(`      skipped: ${prosodyMissing()}`);
      this.skip();
    }
    const prosody = await startProsody();
    try {
      const context = {
        endpoint: prosody.endpoint,
        domain: prosody.domain,
        timeoutMs: 10000,
        record: () => {},
      };
      const provisioner = commandProvisioner(
        `prosodyctl --root --config ${prosody.configFile} register {user} {domain} {password}`,
        context,
      );
      const client = await openClient({ ...context, ...(await provisioner.acquire('romeo')) });
      expect(client.jid).to.match(/^romeo-/);
      await client.close();
    } finally {
      await prosody.stop();
    }
  });
});

describe('splitWords', () => {
  it('groups by quotes and backslashes, and expands nothing', () => {
    expect(splitWords(`a  'b c' "d 'e'" f\\ g h"i"'j' '' $HOME *`)).to.eql([
      'a',
      'b c',
      "d 'e'",
      'f g',
      'hij',
      '',
      '$HOME',
      '*',
    ]);
    expect(splitWords(`"a\\"b" 'c\\d'`)).to.eql(['a"b', 'c\\d']);
  });

  it('refuses a quote left open', () => {
    expect(() => splitWords(`a 'b`)).to.throw(/open ' quote/);
  });
});
