import { expect } from 'chai';
import { element, NS } from './element.js';
import { connectFailure, describeError, TargetError, tlsFailure, where } from './failure.js';

const place = { host: 'im.example.net', port: 5222, domain: 'example.net' };
const withCode = (code: string) => Object.assign(new Error('as Node says it'), { code });

describe('what kept the harness from the target', () => {
  it('is told by the code, with the place and the remedy', () => {
    for (const [made, kind, says] of [
      [connectFailure(withCode('ECONNREFUSED'), place), 'unreachable', /^im\.example\.net:5222 refuses/],
      [connectFailure(withCode('EAI_AGAIN'), place), 'unreachable', /im\.example\.net can't be resolved/],
      [connectFailure(withCode('ETIMEDOUT'), place), 'unreachable', /^Nothing answers at/],
      [connectFailure(withCode('EHOSTUNREACH'), place), 'unreachable', /no route to/],
      [connectFailure(withCode('EMFILE'), place), 'unreachable', /as Node says it/],
      [tlsFailure(withCode('CERT_HAS_EXPIRED'), place), 'certificate', /has expired: renew it/],
      [tlsFailure(withCode('CERT_NOT_YET_VALID'), place), 'certificate', /not valid yet/],
      [tlsFailure(withCode('SELF_SIGNED_CERT_IN_CHAIN'), place), 'certificate', /--ca, or --insecure/],
      [tlsFailure(withCode('ERR_TLS_CERT_ALTNAME_INVALID'), place), 'certificate', /is not for example\.net/],
      [tlsFailure(withCode('CERT_REVOKED'), place), 'certificate', /can't be verified \(as Node says it\)/],
      [tlsFailure(withCode('ERR_SSL_WRONG_VERSION_NUMBER'), place), 'no-tls', /--tls starttls/],
      [tlsFailure(withCode('ECONNRESET'), place), 'no-tls', /during the TLS handshake/],
      [tlsFailure(withCode('ERR_SSL_SOMETHING'), place), 'no-tls', /TLS with .* failed/],
    ] as const) {
      expect(made).to.be.instanceOf(TargetError);
      expect(made.kind, made.message).to.equal(kind);
      expect(made.message).to.match(says);
      expect(made.message, 'one sentence').to.match(/^[^\n]+: [^\n]+\.$/);
    }
  });

  it('names an IPv6 address in brackets', () => {
    expect(where({ host: '::1', port: 5222 })).to.equal('[::1]:5222');
  });

  it("gives the condition with the peer's own words", () => {
    const words = element('text', NS.stanzaErrors, {}, ['not\n today']);
    const error = element('error', NS.client, {}, [element('conflict', NS.stanzaErrors), words]);
    expect(describeError(error)).to.equal('conflict, "not today"');
    expect(describeError(element('error', NS.client))).to.equal('undefined-condition');
  });
});
