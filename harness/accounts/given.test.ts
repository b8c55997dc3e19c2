import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { failed } from '../wire/failed.support.test.js';
import { givenProvisioner, parseAccounts } from './given.js';
import { openProvisioner } from './provisioner.js';

describe('givenProvisioner', () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-accounts-'));
    file = join(folder, 'accounts.txt');
    writeFileSync(file, '# two\nromeo@xmpp.test montague\n\njuliet@XMPP.test  a pass word \n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('hands out each account once, in order, and says how many are missing', async () => {
    const provisioner = await givenProvisioner(file, 'xmpp.test');
    provisioner.ensure(2);
    expect(() => provisioner.ensure(5)).to.throw(/2 unused accounts of 2 .* 5 are needed: add 3 more/);
    expect(await provisioner.acquire('any')).to.eql({
      username: 'romeo',
      password: 'montague',
      jid: 'romeo@xmpp.test',
    });
    expect((await provisioner.acquire('any')).password).to.equal('a pass word');
    expect((await failed(provisioner.acquire('any'))).message).to.match(/0 unused accounts of 2/);
    await provisioner.close();
  });

  it('names the line that has a fault', () => {
    for (const [line, fault] of [
      ['romeo@xmpp.test', /f:2 is not of the form "JID PASSWORD"/],
      ['romeo montague', /f:2 is not of the form/],
      [
        'romeo@other.test x',
        /f:2 gives romeo@other\.test, which is not at the domain under test, xmpp\.test/,
      ],
      ['JULIET@xmpp.test y', /f:2 gives JULIET@xmpp\.test again after line 1/],
    ] as const) {
      expect(() => parseAccounts(`juliet@xmpp.test x\n${line}`, 'f', 'xmpp.test'), line).to.throw(fault);
    }
  });

  it('folds the case of a JID as servers do, and leaves the user name to them', () => {
    expect(parseAccounts('Romeo@XMPP.test p', 'f', 'xmpp.test')).to.eql([
      { username: 'Romeo', password: 'p', jid: 'romeo@xmpp.test' },
    ]);
  });

  it('drops the resource of a full JID', () => {
    expect(parseAccounts('romeo@xmpp.test/home p', 'f', 'xmpp.test')[0]?.jid).to.equal('romeo@xmpp.test');
  });

  it('is what openProvisioner picks for a file, and only for one that exists', async () => {
    const context = {
      endpoint: { host: '127.0.0.1', port: 1, tls: 'off', insecure: false } as const,
      domain: 'xmpp.test',
      timeoutMs: 100,
      record: () => {},
    };
    expect((await (await openProvisioner(file, context)).acquire('x')).username).to.equal('romeo');
    expect((await failed(openProvisioner(join(folder, 'none'), context))).message).to.match(
      /"register", a command with \{user\}, or an existing file/,
    );
    expect((await failed((await openProvisioner('register', context)).acquire('x'))).kind).to.equal(
      'unreachable',
    );
    const command = await openProvisioner('true {user}', context);
    expect((await command.acquire('x')).jid).to.match(/^x-\w+-1@xmpp\.test$/);
  });
});
