import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { selfSigned } from './certificate.js';

describe('selfSigned', () => {
  it('makes a certificate for the domain, signed by its own key and valid now', () => {
    const { cert, key } = selfSigned('montague.test');
    const certificate = new X509Certificate(cert);
    expect(certificate.subjectAltName).to.equal('DNS:montague.test');
    expect(certificate.checkHost('montague.test')).to.equal('montague.test');
    expect(certificate.checkHost('capulet.test')).to.equal(undefined);
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
    expect(certificate.checkIssued(certificate)).to.equal(true);
    expect(Date.parse(certificate.validFrom)).to.be.below(Date.now());
    expect(Date.parse(certificate.validTo)).to.be.above(Date.now());
    expect(key).to.match(/^-----BEGIN PRIVATE KEY-----/);
  });

  it('is encoded right whatever the lengths that the keys, numbers and names come to', () => {
    for (let size = 1; size <= 60; size += 1) {
      const label = 'x'.repeat(size);
      const certificate = new X509Certificate(selfSigned(`${label}.${label}.test`).cert);
      expect(certificate.subjectAltName).to.equal(`DNS:${label}.${label}.test`);
      expect(certificate.verify(certificate.publicKey)).to.equal(true);
    }
  });
});
