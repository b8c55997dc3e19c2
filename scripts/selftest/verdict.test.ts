import { expect } from 'chai';
import type { Fault } from '../../harness/reference/deviations.js';
import { caseKey } from '../../harness/verdict/summary.js';
import type { JobCase, JobResult } from './job.js';
import type { Reach } from './reach.js';
import { baselineOf, judgeFault, judgeVariation, unnoticed } from './verdict.js';

const NAMED = 'rfc3921:9.2/named';
const OTHER = 'rfc3921:9.2/other';
const FAULT: Fault = { id: 'area/fault', title: 'a fault', breaks: [NAMED], deviate: () => ({}) };

function item(name: string, parts: Partial<JobCase> = {}): JobCase {
  return {
    scenario: 'area/sample',
    case: name,
    outcome: 'pass',
    reason: '',
    broken: [],
    liberties: [],
    choices: [],
    ...parts,
  };
}

function failing(name: string, clause: string, outcome: 'fail' | 'warn' = 'fail'): JobCase {
  return item(name, { outcome, broken: [{ clause, outcome, reason: 'it differs' }] });
}

const result = (...cases: JobCase[]): JobResult => ({ cases, interrupted: '', preflight: '', noticed: {} });
const ended: JobResult = { ...result(failing('a', NAMED)), interrupted: 'the target was lost' };
const NOTHING = new Set<string>();

describe('judgeFault', () => {
  it('is caught by a clause that it names, broken as a MUST or as a SHOULD', () => {
    for (const outcome of ['fail', 'warn'] as const) {
      const verdict = judgeFault(FAULT, result(item('a'), failing('b', NAMED, outcome)), undefined, NOTHING);
      expect(verdict).to.deep.include({ holds: true, kind: 'fault', id: FAULT.id, killed: [NAMED] });
      expect(verdict.line).to.equal(`caught  by ${NAMED} in 1 cases`);
    }
  });

  it('counts every clause that it fails as killed, once it is caught', () => {
    const verdict = judgeFault(FAULT, result(failing('a', NAMED), failing('b', OTHER)), undefined, NOTHING);
    expect(verdict.killed).to.deep.equal([NAMED, OTHER]);
  });

  it('is missed by other clauses, by cases that are not judged, by passes, and says by which', () => {
    const line = (...cases: JobCase[]) => {
      const verdict = judgeFault(FAULT, result(...cases), undefined, NOTHING);
      expect(verdict).to.deep.include({ holds: false, killed: [] });
      return verdict.line;
    };
    expect(line(failing('a', OTHER))).to.equal(`MISSED  only other clauses failed: ${OTHER}`);
    expect(line(item('a', { outcome: 'error', reason: 'no marker came back' }))).to.equal(
      'MISSED  1 cases not judged: no marker came back',
    );
    expect(line(item('a'), item('b'))).to.equal('MISSED  all 2 cases passed');
    const excused = item('a', { broken: [{ clause: NAMED, outcome: 'excused', reason: '' }] });
    expect(line(excused)).to.equal('MISSED  all 1 cases passed');
  });

  it('is not caught by what the sound server of its specification breaks as well', () => {
    const baseline = baselineOf(result(failing('a', NAMED), failing('a', OTHER)));
    const judge = (...cases: JobCase[]) => judgeFault(FAULT, result(...cases), undefined, baseline);
    expect(judge(failing('a', NAMED)).line).to.equal('MISSED  all 1 cases passed');
    expect(judge(failing('a', OTHER), failing('b', NAMED)).killed).to.deep.equal([NAMED]);
  });

  it('is missed when the run ended early', () => {
    expect(judgeFault(FAULT, ended, undefined, NOTHING)).to.deep.include({
      holds: false,
      line: 'MISSED  the target was lost',
      killed: [],
    });
  });

  describe('of a cell', () => {
    const reach: Reach = {
      own: new Set([caseKey('area/sample', 'own')]),
      beyond: new Set([caseKey('area/sample', 'beyond')]),
    };
    const judge = (...cases: JobCase[]) => judgeFault(FAULT, result(...cases), reach, NOTHING);
    const own = failing('own', NAMED);

    it('has to be caught in its own case', () => {
      expect(judge(own, item('beyond'), item('else')).holds).to.equal(true);
      expect(judge(item('own'), failing('beyond', NAMED)).holds).to.equal(false);
    });

    it('may block what is reached through it, and nothing else may come of it there', () => {
      const beyond = (outcome: JobCase['outcome']) => judge(own, item('beyond', { outcome })).holds;
      expect([beyond('blocked'), beyond('pass'), beyond('skipped')]).to.deep.equal([true, true, true]);
      expect([beyond('error'), beyond('fail'), beyond('warn')]).to.deep.equal([false, false, false]);
    });

    it('strays when it shows out of its reach, and says where', () => {
      const strayed = judge(own, failing('else', OTHER));
      expect(strayed.holds).to.equal(false);
      expect(strayed.line).to.equal(
        `STRAYED by ${NAMED} in 1 cases; also area/sample#else (fail: ${OTHER}: it differs)`,
      );
      expect(judge(own, item('else', { outcome: 'blocked' })).holds).to.equal(false);
      expect(judge(own, item('own', { outcome: 'error', reason: 'lost' })).holds).to.equal(false);
    });
  });
});

describe('judgeVariation', () => {
  it('holds when every case passes that is not skipped', () => {
    const verdict = judgeVariation('v', result(item('a'), item('b', { outcome: 'skipped' })));
    expect(verdict).to.deep.include({ holds: true, kind: 'variation', line: 'passed 1 cases' });
  });

  it('cries wolf at anything else, and says at what', () => {
    const bad = judgeVariation('v', result(item('a'), failing('b', NAMED, 'warn')));
    expect(bad.holds).to.equal(false);
    expect(bad.line).to.match(/^CRIED WOLF .*area\/sample#b \(warn: rfc3921:9\.2\/named: it differs\)$/);
    expect(judgeVariation('v', ended).line).to.equal('CRIED WOLF the target was lost');
  });

  it('proves nothing where nothing was played', () => {
    expect(judgeVariation('v', result()).holds).to.equal(false);
    expect(judgeVariation('v', result(item('a', { outcome: 'skipped' }))).holds).to.equal(false);
  });
});

describe('unnoticed', () => {
  it('is neither a fault caught nor a variation passed', () => {
    expect(unnoticed('f', 'fault')).to.deep.include({ holds: false, killed: [], kind: 'fault' });
    expect(unnoticed('v', 'variation').line).to.match(/^UNPROVED /);
  });
});
