import { randomInt } from 'node:crypto';
import type { Variation } from '../deviations.js';
import type { Emission, Purpose } from '../emission.js';
import { is, last, rewriteAll } from '../faults/gate.js';

/** The stanzas of a purpose in any order, the others where they are. */
function shuffled(emissions: readonly Emission[], purpose: Purpose): Emission[] {
  const picked = emissions.filter((emission) => emission.purpose === purpose);
  for (let at = picked.length - 1; at > 0; at -= 1) {
    const [chosen] = picked.splice(randomInt(at + 1), 1);
    if (chosen !== undefined) picked.push(chosen);
  }
  return emissions.map((emission) =>
    emission.purpose === purpose ? (picked.shift() ?? emission) : emission,
  );
}

/** What the RFCs leave open about rosters. */
export const ROSTER_VARIATIONS: readonly Variation[] = [
  {
    id: 'shuffled-pushes',
    title: 'the pushes of one change go to the resources in any order',
    deviate: rewriteAll((emissions) => shuffled(emissions, 'push')),
  },
  {
    id: 'result-before-pushes',
    title: 'a roster set is acknowledged before it is pushed',
    deviate: last(is('push', 'roster-set', 'roster-remove')),
  },
];
