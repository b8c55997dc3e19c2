import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { validateJson } from '../json-schema.js';
import { HOSTILE_TEXTS } from '../testing/hostile.js';
import { interopCaseOf, pairOf, pairOfEverything } from '../testing/interop.js';

const schema: unknown = JSON.parse(readFileSync(new URL('./pair.schema.json', import.meta.url), 'utf8'));

/** As it is written. */
function written(pair: unknown): unknown {
  return JSON.parse(JSON.stringify(pair));
}

describe('pair.schema.json', () => {
  it('describes a pair with a case of every outcome, and one that was not played', () => {
    expect(validateJson(written(pairOfEverything()), schema)).to.deep.equal([]);
    const unplayed = pairOf('one', 'other', [], { interrupted: 'one refuses connections.' });
    expect(validateJson(written(unplayed), schema)).to.deep.equal([]);
  });

  it('describes it whatever a server sent', () => {
    for (const text of HOSTILE_TEXTS) {
      const pair = pairOf(text, text, [interopCaseOf(text, { reason: text, title: text })]);
      expect(validateJson(written(pair), schema)).to.deep.equal([]);
    }
  });

  it('describes nothing else', () => {
    const strange = { ...pairOfEverything(), spec: 'rfc1', more: 1 };
    expect(validateJson(written(strange), schema)).to.have.members([
      '$ must not have more',
      '$.spec is not listed',
    ]);
  });
});
