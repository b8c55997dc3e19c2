import { expect } from 'chai';
import {
  clientFinal,
  clientFirstBare,
  deriveKeys,
  parseServerFirst,
  ScramError,
  type ScramHash,
  verifyServerFinal,
} from './scram.js';

async function exchange(hash: ScramHash, nonce: string, serverFirst: string) {
  const first = parseServerFirst(serverFirst, nonce);
  return clientFinal({
    hash,
    gs2Header: 'n,,',
    bindingData: Buffer.alloc(0),
    clientFirstBare: clientFirstBare('user', nonce),
    serverFirst,
    nonce: first.nonce,
    keys: await deriveKeys(hash, 'pencil', first.salt, first.iterations),
  });
}

describe('SCRAM', () => {
  it('reproduces the exchange of RFC 5802 section 5 (SHA-1)', async () => {
    const { message, serverSignature } = await exchange(
      'sha1',
      'fyko+d2lbbFgONRv9qkxdawL',
      'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    );
    expect(message).to.equal(
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    );
    expect(() => verifyServerFinal('v=rmF9pqV8S7suAoZWja4dJRkFsKQ=', serverSignature)).not.to.throw();
  });

  it('reproduces the exchange of RFC 7677 section 3 (SHA-256)', async () => {
    const { message, serverSignature } = await exchange(
      'sha256',
      'rOprNGfwEbeRWgbNEkqO',
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    );
    expect(message).to.equal(
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    );
    expect(() =>
      verifyServerFinal('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=', serverSignature),
    ).not.to.throw();
  });

  it('refuses a wrong, short or missing server signature, and a server error', () => {
    const signature = Buffer.from('rmF9pqV8S7suAoZWja4dJRkFsKQ=', 'base64');
    for (const final of ['v=rmF9pqV8S7suAoZWja4dJRkFsKU=', 'v=AAAA', 'v=', '', 'e=invalid-proof']) {
      expect(() => verifyServerFinal(final, signature), final).to.throw(ScramError);
    }
  });

  it('refuses a nonce that is not an extension of its own', () => {
    for (const nonce of ['other', 'mine', 'xmine1']) {
      expect(() => parseServerFirst(`r=${nonce},s=QSXC,i=4096`, 'mine'), nonce).to.throw(ScramError, /nonce/);
    }
  });

  it('refuses malformed first messages, mandatory extensions and boundless iteration counts', () => {
    for (const message of [
      '',
      'r=mine1,s=QSXC',
      'r=mine1,s=QSXC,i=0',
      'r=mine1,s=!,i=1',
      'm=x,r=mine1,s=QSXC,i=1',
    ]) {
      expect(() => parseServerFirst(message, 'mine'), message).to.throw(ScramError);
    }
    expect(() => parseServerFirst('r=mine1,s=QSXC,i=99999999', 'mine')).to.throw(ScramError, /iteration/);
  });

  it('escapes the separators in a user name', () => {
    expect(clientFirstBare('a=b,c', 'n')).to.equal('n=a=3Db=2Cc,r=n');
  });
});
