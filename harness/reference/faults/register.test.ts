import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Fault, Variation } from '../deviations.js';
import type { Mode } from '../policy.js';
import { tour } from '../tour.support.test.js';
import { VARIATIONS } from '../variations/index.js';
import { CELL_FAULTS } from './cells.js';
import { FAULTS } from './index.js';

const MODES: readonly Mode[] = ['rfc3921', 'rfc6121'];

/** Deviations of time, of chance and of stream features, which a tour without streams does not show for certain. */
const UNSEEN = [
  'delayed-generated-stanzas',
  'shuffled-pushes',
  'roster-version/unannounced',
  'pre-approval/unannounced',
];

/** Ids of the clauses in the catalogue that a scenario can judge a server by. */
function judged(mode: Mode): Set<string> {
  const catalogue = readFileSync(
    new URL(`../../../fixtures/requirements/${mode}.xml`, import.meta.url),
    'utf8',
  );
  const ids = new Set<string>();
  let section = '';
  for (const [tag] of catalogue.matchAll(/<(?:section|clause)\s[^>]*>/g)) {
    const attribute = (name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
    if (tag.startsWith('<section')) section = attribute('number') ?? '';
    else if (attribute('role') === 'server' && attribute('unjudged') === undefined) {
      ids.add(`${mode}:${section}/${attribute('id')}`);
    }
  }
  return ids;
}

function applies(deviation: Fault | Variation, mode: Mode): boolean {
  return deviation.specs === undefined || deviation.specs.includes(mode);
}

describe('the register of faults', () => {
  it('names each deviation once', () => {
    const ids = [...FAULTS, ...VARIATIONS].map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).to.deep.equal([]);
  });

  it('names clauses that a server can be judged by, in each mode that a fault applies to', () => {
    for (const mode of MODES) {
      const known = judged(mode);
      const applicable = FAULTS.filter((fault) => applies(fault, mode));
      for (const { id, breaks } of applicable) {
        const own = breaks.filter((clause) => clause.startsWith(`${mode}:`));
        expect(own, `${id} breaks nothing in ${mode}`).not.to.deep.equal([]);
        expect(
          own.filter((clause) => !known.has(clause)),
          id,
        ).to.deep.equal([]);
      }
    }
  });

  for (const mode of MODES) {
    it(`has no deviation that makes no difference to a server of ${mode}`, async () => {
      const sound = await tour(mode, []);
      const cells = new Set(CELL_FAULTS.map(({ id }) => id));
      const deviations = [...FAULTS, ...VARIATIONS].filter(
        (deviation) => applies(deviation, mode) && !cells.has(deviation.id) && !UNSEEN.includes(deviation.id),
      );
      const tours = await Promise.all(
        deviations.map(async ({ id }) => ({ id, lines: await tour(mode, [id]) })),
      );
      const idle = tours.filter(({ lines }) => lines.join('\n') === sound.join('\n')).map(({ id }) => id);
      expect(idle).to.deep.equal([]);
      expect(await tour(mode, [])).to.deep.equal(sound);
    }).timeout(60_000);
  }
});
