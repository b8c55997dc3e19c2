import { expect } from 'chai';
import { caseOf, checkOf, DELIVER, IGNORE, runOf } from '../../reports/testing/compare.js';
import { recordOf, standingOf } from './record.js';

/** Other clauses that tell one situation from another. */
const NEAR = 'rfc6121:3.1.6/near';
const FAR = 'rfc6121:3.1.6/far';

describe('recordOf and standingOf', () => {
  const broken = checkOf(DELIVER, { outcome: 'fail' });
  const record = recordOf(
    runOf(
      [
        caseOf('far', [broken, checkOf(FAR)]),
        caseOf('near', [checkOf(DELIVER), checkOf(NEAR)]),
        caseOf('both', [checkOf(DELIVER), broken, checkOf(NEAR), checkOf(FAR)], {
          known: [{ status: 'expected', clause: DELIVER, why: 'It is so.' }],
        }),
      ],
      { [DELIVER]: 'fail' },
    ),
    'results.json',
  );
  const standing = (...situation: readonly string[]) =>
    standingOf(record, DELIVER, new Set([DELIVER, ...situation]));

  it('goes by the case of the own run that is most like the situation', () => {
    expect(standing(FAR)).to.deep.equal({
      standing: 'breaks',
      shownBy: 'subscription/inbound-subscribed#far',
      known: '',
    });
    expect(standing(NEAR)).to.deep.include({
      standing: 'breaks elsewhere',
      shownBy: 'subscription/inbound-subscribed#both',
    });
    expect(standing(NEAR, FAR)).to.deep.include({ standing: 'breaks', known: 'It is so.' });
  });

  it('takes a breach for one where both are as like', () => {
    expect(standing().standing).to.equal('breaks');
  });

  it('says what is kept, what was not judged, and that there is no record', () => {
    const none = { shownBy: '', known: '' };
    expect(standingOf(record, IGNORE, new Set())).to.deep.equal({ standing: 'keeps', ...none });
    expect(standingOf(record, NEAR, new Set())).to.deep.equal({ standing: 'not judged', ...none });
    expect(standingOf(undefined, DELIVER, new Set())).to.deep.equal({ standing: 'none', ...none });
  });

  it('takes the word of a result that has lost the case', () => {
    const lost = recordOf(runOf([], { [DELIVER]: 'fail' }), 'results.json');
    expect(standingOf(lost, DELIVER, new Set())).to.deep.equal({
      standing: 'breaks',
      shownBy: '',
      known: '',
    });
  });
});
