import { expect } from 'chai';
import { reachOf, widest } from './reach.js';

describe('reachOf', () => {
  const reach = (
    at: string,
    scenario: string,
    expected = '<presence/>',
    kind: 'expect' | 'state' = 'expect',
  ) => reachOf({ kind, at, expected }, scenario);

  it('goes across servers where a contact sees it, or a subscription shows it', () => {
    expect(reach('juliet', 'subscription/removal')).to.equal('servers');
    expect(reach('romeo/orchard juliet', 'presence/probe-sent')).to.equal('servers');
    expect(reach('romeo', 'subscription/removal', '', 'state')).to.equal('servers');
  });

  it('concerns other people where a list or a block is felt, or where something of theirs arrives', () => {
    expect(reach('juliet', 'privacy/outbound-kinds')).to.equal('others');
    expect(reach('romeo/orchard', 'delivery/message-priority', '<message/>')).to.equal('others');
  });

  it('concerns the own client in rosters, lists and sessions', () => {
    expect(reach('romeo/orchard', 'roster/kept')).to.equal('client');
    expect(reach('romeo/orchard', 'subscription/removal', "<query xmlns='jabber:iq:roster'/>")).to.equal(
      'client',
    );
    expect(reach('romeo/orchard', 'blocking/pushes', "<block xmlns='urn:xmpp:blocking'/>")).to.equal(
      'client',
    );
  });

  it('is widest where either is', () => {
    expect([
      widest('client', 'others'),
      widest('servers', 'others'),
      widest('client', 'client'),
    ]).to.deep.equal(['others', 'servers', 'client']);
  });
});
