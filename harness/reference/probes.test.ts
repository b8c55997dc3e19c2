import { expect } from 'chai';
import { child, element, elements, NS } from '../wire/element.js';
import type { Mode } from './policy.js';
import { Sandbox } from './sandbox.support.test.js';
import { presence } from './stanza.js';

const JULIET = 'juliet@capulet.test';
const REMOTE = 'capulet.test';

/** A user whom Juliet is subscribed to, with two available resources and one that is not. */
function sceneOf(mode: Mode, deviations: readonly string[] = []) {
  const sandbox = new Sandbox(mode, deviations);
  const account = sandbox.user('romeo');
  sandbox.put(account, JULIET, 'from');
  const orchard = sandbox.connect(account, 'orchard', { interested: true, available: true });
  const garden = sandbox.connect(account, 'garden', { interested: true, available: true });
  sandbox.connect(account, 'cellar', { interested: true, available: false });
  /** What comes in answer to a probe for the address. */
  const answers = (to: string, from = JULIET) => {
    const before = sandbox.sent.length;
    sandbox.router.route(presence({ from, to, type: 'probe', id: 'p' }));
    return sandbox.sent
      .slice(before)
      .filter(({ at }) => at === REMOTE)
      .map(({ stanza }) => stanza);
  };
  return { sandbox, account, orchard, garden, answers };
}

describe('answerProbe', () => {
  for (const mode of ['rfc3921', 'rfc6121'] as const) {
    describe(mode, () => {
      it('shows a subscriber what each available resource has broadcast', () => {
        const { account, orchard, garden, answers } = sceneOf(mode);
        const found = answers(account.bare);
        expect(found.map(({ attrs }) => attrs.from)).to.deep.equal([orchard.jid, garden.jid]);
        expect(found.every((stanza) => child(stanza, 'status') !== undefined)).to.equal(true);
      });

      it('says nothing of a resource that is not available', () => {
        const { account, answers } = sceneOf(mode);
        expect(answers(`${account.bare}/cellar`)).to.deep.equal([]);
        expect(answers(`${account.bare}/nowhere`)).to.deep.equal([]);
      });
    });
  }

  it('shows one resource complete in RFC 3921, and no more than that it is there in RFC 6121', () => {
    const old = sceneOf('rfc3921');
    expect(old.answers(old.orchard.jid).map((stanza) => elements(stanza).length)).to.deep.equal([1]);
    const current = sceneOf('rfc6121');
    expect(current.answers(current.orchard.jid).map((stanza) => elements(stanza).length)).to.deep.equal([0]);
  });

  it('answers a stranger who was sent directed presence in RFC 6121', () => {
    const { sandbox, orchard, answers } = sceneOf('rfc6121');
    const nurse = 'nurse@capulet.test';
    expect(answers(orchard.jid, nurse).map(({ attrs }) => attrs.type)).to.deep.equal(['unsubscribed']);
    sandbox.from(orchard, presence({ to: nurse }));
    expect(answers(orchard.jid, nurse).map(({ attrs }) => attrs.type)).to.deep.equal([undefined]);
  });

  describe('while the user is away', () => {
    const away = (mode: Mode, deviations: readonly string[] = []) => {
      const scene = sceneOf(mode, deviations);
      const status = element('status', NS.client, {}, ['Gone']);
      for (const session of [scene.garden, scene.orchard]) {
        scene.sandbox.from(session, presence({ type: 'unavailable', id: 'last' }, [status]));
      }
      return scene;
    };

    it('is silent in RFC 3921', () => {
      const { account, answers } = away('rfc3921');
      expect(answers(account.bare)).to.deep.equal([]);
    });

    it('says in RFC 6121 since when, and no more', () => {
      const { account, answers } = away('rfc6121');
      const [answer, ...more] = answers(account.bare);
      expect(more).to.deep.equal([]);
      expect(answer?.attrs).to.deep.include({ from: account.bare, type: 'unavailable', id: 'p' });
      expect(answer && elements(answer).map(({ name, attrs }) => [name, attrs.stamp])).to.deep.equal([
        ['delay', account.absentSince?.toISOString()],
      ]);
    });

    it('may tell the last presence, complete', () => {
      const { account, answers } = away('rfc6121', ['last-unavailable-told']);
      const [answer] = answers(account.bare);
      expect(answer?.attrs).to.deep.include({ from: account.bare, type: 'unavailable', id: 'last' });
      expect(answer && elements(answer).map(({ name }) => name)).to.deep.equal(['status', 'delay']);
    });
  });
});
