import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { expect } from 'chai';
import { Account } from './accounts.js';
import { beginExchange, type Exchange, mechanisms, type SaslContext, type Step } from './sasl.js';

const ROMEO = new Account('romeo', 'montague.test', 'wherefore');
const BINDING = Buffer.from('keying material of the channel..');

function context(binding?: Buffer, plain = true): SaslContext {
  return { binding, plain, find: (name) => (name === 'romeo' ? ROMEO : undefined) };
}

function begin(mechanism: string, binding?: Buffer): Exchange {
  const exchange = beginExchange(mechanism, context(binding));
  if (exchange === undefined) throw new Error(`${mechanism} is not on offer.`);
  return exchange;
}

interface Attempt {
  readonly hash: 'sha1' | 'sha256';
  readonly header?: string;
  readonly bound?: Buffer;
  readonly user?: string;
  readonly password?: string;
  /** Changes the final message. */
  readonly spoil?: (message: string) => string;
}

/** The client's side of RFC 5802 5.1, written for this test; gives the last step and the verifier to expect. */
function scram(exchange: Exchange, attempt: Attempt): { step: Step; verifier: string } {
  const { hash, header = 'n,,', bound = Buffer.alloc(0), user = 'romeo', password = 'wherefore' } = attempt;
  const bare = `n=${user},r=abc`;
  const first = exchange.step(Buffer.from(header + bare));
  if (first.kind !== 'challenge') return { step: first, verifier: '' };
  const challenge = first.data.toString();
  const fields = Object.fromEntries(challenge.split(',').map((field) => [field[0], field.slice(2)]));
  const binding = Buffer.concat([Buffer.from(header), bound]).toString('base64');
  const withoutProof = `c=${binding},r=${fields.r}`;
  const salt = Buffer.from(fields.s ?? '', 'base64');
  const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest();
  const salted = pbkdf2Sync(password, salt, Number(fields.i), hash === 'sha1' ? 20 : 32, hash);
  const clientKey = hmac(salted, 'Client Key');
  const message = `${bare},${challenge},${withoutProof}`;
  const signature = hmac(createHash(hash).update(clientKey).digest(), message);
  const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
  const final = `${withoutProof},p=${Buffer.from(proof).toString('base64')}`;
  return {
    step: exchange.step(Buffer.from(attempt.spoil === undefined ? final : attempt.spoil(final))),
    verifier: `v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`,
  };
}

function conditionOf(step: Step): string {
  return step.kind === 'failure' ? step.condition : step.kind;
}

describe('SASL of the reference server', () => {
  for (const [mechanism, hash] of [
    ['SCRAM-SHA-1', 'sha1'],
    ['SCRAM-SHA-256', 'sha256'],
  ] as const) {
    it(`lets the right password in by ${mechanism}, proves itself, and binds to the channel`, () => {
      const plain = scram(begin(mechanism), { hash });
      expect(plain.step).to.deep.equal({
        kind: 'success',
        account: ROMEO,
        data: Buffer.from(plain.verifier),
      });
      const attempt = { hash, header: 'p=tls-exporter,,', bound: BINDING };
      const bound = scram(begin(`${mechanism}-PLUS`, BINDING), attempt);
      expect(bound.step).to.deep.equal({
        kind: 'success',
        account: ROMEO,
        data: Buffer.from(bound.verifier),
      });
    });

    it(`keeps out by ${mechanism} what is wrong in any part`, () => {
      const refused = (attempt: Partial<Attempt>, exchange = begin(mechanism)) =>
        conditionOf(scram(exchange, { hash, ...attempt }).step);
      expect(refused({ password: 'whereof' })).to.equal('not-authorized');
      expect(refused({ user: 'tybalt' })).to.equal('not-authorized');
      expect(refused({ user: 'rom=eo' })).to.equal('malformed-request');
      expect(refused({ spoil: (message) => message.replace('r=', 'r=x') })).to.equal('not-authorized');
      expect(refused({ spoil: (message) => message.replace(/c=\w*/, 'c=eSws') })).to.equal('not-authorized');
      expect(refused({ spoil: () => 'nonsense' })).to.equal('malformed-request');
      expect(refused({ header: 'n,a=tybalt@montague.test,' })).to.equal('invalid-authzid');
      const plus = () => begin(`${mechanism}-PLUS`, BINDING);
      const header = 'p=tls-exporter,,';
      expect(refused({ header, bound: Buffer.from('another') }, plus())).to.equal('not-authorized');
      expect(refused({ header: 'p=tls-unique,,', bound: BINDING }, plus())).to.equal('malformed-request');
      expect(refused({ header: 'y,,' }, begin(mechanism, BINDING))).to.equal('not-authorized');
    });
  }

  it('takes PLAIN with the right password only', () => {
    const attempt = (message: string) => conditionOf(begin('PLAIN').step(Buffer.from(message)));
    expect(attempt('\0romeo\0wherefore')).to.equal('success');
    expect(attempt('romeo@montague.test\0romeo\0wherefore')).to.equal('success');
    expect(attempt('tybalt@montague.test\0romeo\0wherefore')).to.equal('invalid-authzid');
    expect(attempt('\0romeo\0whereof')).to.equal('not-authorized');
    expect(attempt('\0tybalt\0wherefore')).to.equal('not-authorized');
    expect(attempt('romeo')).to.equal('malformed-request');
  });

  it('offers only what the channel allows', () => {
    expect(mechanisms(context(undefined, false))).to.deep.equal(['SCRAM-SHA-256', 'SCRAM-SHA-1']);
    expect(mechanisms(context(BINDING))).to.include.members(['SCRAM-SHA-256-PLUS', 'PLAIN']);
    expect(beginExchange('PLAIN', context(undefined, false))).to.equal(undefined);
    expect(beginExchange('SCRAM-SHA-1-PLUS', context())).to.equal(undefined);
    expect(beginExchange('DIGEST-MD5', context(BINDING))).to.equal(undefined);
  });
});
