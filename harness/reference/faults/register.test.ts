import { expect } from 'chai';
import { loadCatalogue } from '../../requirements/load.js';
import type { Mode } from '../policy.js';
import { VARIATIONS } from '../variations/index.js';
import { FAULTS } from './index.js';

const MODES: readonly Mode[] = ['rfc3921', 'rfc6121'];

describe('the register of faults', () => {
  it('names each deviation once', () => {
    const ids = [...FAULTS, ...VARIATIONS].map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).to.deep.equal([]);
  });

  it('names clauses that a server can be judged by, in each mode that a fault applies to', () => {
    const catalogue = loadCatalogue();
    for (const { id, breaks, specs } of FAULTS) {
      const clauses = breaks.map((clause) => catalogue.get(clause));
      for (const clause of clauses) {
        expect([clause.role, clause.unjudged], `${id} names ${clause.id}`).to.deep.equal([
          'server',
          undefined,
        ]);
      }
      for (const mode of specs ?? MODES) {
        expect(
          clauses.some((clause) => clause.spec === mode),
          `${id} breaks nothing in ${mode}`,
        ).to.equal(true);
      }
    }
  });
});
