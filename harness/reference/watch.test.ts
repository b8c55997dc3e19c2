import { expect } from 'chai';
import { Accounts } from './accounts.js';
import type { Variation } from './deviations.js';
import { occasionOf } from './emission.js';
import { type Mode, soundPolicy } from './policy.js';
import { Session } from './session.js';
import { presence } from './stanza.js';
import { tour } from './tour.support.test.js';
import { VARIATIONS } from './variations/index.js';
import { watched } from './watch.js';

const MODES: readonly Mode[] = ['rfc3921', 'rfc6121'];
const ACCOUNTS = new Accounts('embedded.test');

function watching(deviate: Variation['deviate']) {
  const told: string[] = [];
  const variation = { id: 'varied', title: 'a variation', deviate };
  return { told, policy: watched(soundPolicy('rfc3921'), [variation], ACCOUNTS, (id) => told.push(id)) };
}

describe('watched', () => {
  it('tells of a decision that the variation takes otherwise, and keeps to its own', () => {
    const { told, policy } = watching(() => ({ absenceAnswer: 'last-unavailable', offlineMessages: true }));
    expect([policy.preApproval, policy.offlineMessages]).to.deep.equal([false, true]);
    expect(told).to.deep.equal([]);
    expect(policy.absenceAnswer).to.equal(soundPolicy('rfc3921').absenceAnswer);
    expect(told).to.deep.equal(['varied']);
  });

  it('compares what comes of the same question', () => {
    const { told, policy } = watching(() => ({ getsNotification: ({ available }) => available }));
    const account = ACCOUNTS.create('romeo', 'secret');
    if (account === undefined) throw new Error('no account');
    const session = new Session(account, 'orchard', { send: () => {}, fail: () => {} });
    session.available = true;
    expect(policy.getsNotification(session)).to.equal(true);
    expect(told).to.deep.equal([]);
    session.available = false;
    session.interested = true;
    expect(policy.getsNotification(session)).to.equal(true);
    expect(told).to.deep.equal(['varied']);
  });

  it('takes the same stanzas for the same, and others, also in another order, for others', () => {
    const { told, policy } = watching((sound) => ({
      emissions: (emissions, occasion) =>
        occasion.contact === 'juliet@capulet.test'
          ? [...emissions].reverse()
          : sound.emissions(emissions, occasion),
    }));
    const emissions = ['a', 'b'].map((to) => {
      return { purpose: 'broadcast', to: 'route', stanza: presence({ to }) } as const;
    });
    const occasion = (contact: string) => occasionOf('presence-update', presence({}), { contact });
    expect(policy.emissions(emissions, occasion('nurse@capulet.test'))).to.deep.equal(emissions);
    expect(told).to.deep.equal([]);
    expect(policy.emissions(emissions, occasion('juliet@capulet.test'))).to.deep.equal(emissions);
    expect(told).to.deep.equal(['varied']);
  });

  for (const mode of MODES) {
    it(`changes nothing on a server of ${mode}, whichever variations it is watched for`, async () => {
      const permitted = VARIATIONS.filter(({ specs }) => specs?.includes(mode) !== false);
      const noticed = new Set<string>();
      const seen = await tour(mode, [], (policy, accounts) =>
        watched(policy, permitted, accounts, (id) => noticed.add(id)),
      );
      expect(seen).to.deep.equal(await tour(mode, []));
      expect(noticed.size).to.be.greaterThan(0);
    });
  }
});
