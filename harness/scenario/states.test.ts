import { expect } from 'chai';
import { loadStates } from './states.js';

describe('loadStates', () => {
  const states = loadStates();

  it('has the nine states of RFC 3921 9.1', () => {
    expect([...states.keys()]).to.deep.equal([
      'None',
      'None + Pending Out',
      'None + Pending In',
      'None + Pending Out/In',
      'To',
      'To + Pending In',
      'From',
      'From + Pending Out',
      'Both',
    ]);
  });

  it('tells each by other signs', () => {
    const signs = [...states.values()].map(({ recognised }) => JSON.stringify(recognised));
    expect(new Set(signs).size).to.equal(9);
  });

  it('knows which exist without a roster item', () => {
    const optional = [...states.values()].filter(({ itemOptional }) => itemOptional);
    expect(optional.map(({ name }) => name)).to.deep.equal(['None', 'None + Pending In']);
  });

  it('goes from one known state to the next, by the stanza of who acts', () => {
    for (const state of states.values()) {
      const [first] = state.path;
      expect(first?.in ?? state.name, state.name).to.equal('None');
      for (const step of state.path) {
        expect([...states.keys()], state.name).to.include(step.in);
        const { to, from } = step.presence.attrs;
        expect({ to, from }, `${state.name}, in ${step.in}`).to.deep.equal(
          step.from === 'user' ? { to: '{contact}', from: undefined } : { to: '{user}', from: '{contact}' },
        );
      }
    }
  });
});
