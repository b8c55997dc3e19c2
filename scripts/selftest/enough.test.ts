import { expect } from 'chai';
import { sampleCase, sampleCheck } from '../../reports/testing/sample.js';
import { Enough, SHOWN } from './enough.js';
import { breachKey } from './job.js';

const ONE = 'rfc3921:9.3/one';
const TWO = 'rfc3921:9.3/two';
const failing = (name: string, clause: string, outcome: 'fail' | 'warn' | 'pass' = 'fail') =>
  sampleCase({ case: name, checks: [sampleCheck({ clause, outcome })] });

describe('Enough', () => {
  it('ends the run once every clause named has failed', () => {
    const enough = new Enough([ONE, TWO], []);
    enough.caseEnded(failing('a', ONE));
    enough.caseEnded(failing('b', ONE));
    enough.caseEnded(failing('c', TWO, 'pass'));
    expect(enough.signal.aborted).to.equal(false);
    enough.caseEnded(failing('d', TWO, 'warn'));
    expect(enough.signal.aborted).to.equal(true);
    expect(enough.signal.reason).to.equal(SHOWN);
  });

  it('takes no notice of what the sound server breaks in the same case', () => {
    const enough = new Enough([ONE], [breachKey('subscription/inbound-subscribed', 'a', ONE)]);
    enough.caseEnded(failing('a', ONE));
    expect(enough.signal.aborted).to.equal(false);
    enough.caseEnded(failing('b', ONE));
    expect(enough.signal.aborted).to.equal(true);
  });

  it('lets a run go on to its end that has nothing to show', () => {
    const enough = new Enough([], []);
    enough.caseEnded(failing('a', ONE));
    expect(enough.signal.aborted).to.equal(false);
  });
});
