import { expect } from 'chai';
import { inPeerOptions } from './peer-options.js';

describe('inPeerOptions', () => {
  it('names the options of the peer, and leaves those of both', () => {
    expect(inPeerOptions('Name one with --domain or --ca, as --target does; --insecure.')).to.equal(
      'Name one with --peer-domain or --peer-ca, as --peer does; --insecure.',
    );
    expect(inPeerOptions('--peer-domain')).to.equal('--peer-domain');
  });
});
