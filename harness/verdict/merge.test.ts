import { expect } from 'chai';
import { sampleCase, sampleClause, sampleRun } from '../../reports/testing/sample.js';
import { MergeError, mergeResults } from './merge.js';
import type { CaseResult, ClauseOutcome, RunResult } from './result.js';

function shard(
  index: number,
  count: number,
  cases: readonly CaseResult[],
  parts: Partial<RunResult> = {},
): RunResult {
  const run = sampleRun(cases, parts);
  return { ...run, selection: { ...run.selection, shard: { index, count } } };
}

const named = (...results: RunResult[]) => results.map((result, at) => ({ name: `${at + 1}.json`, result }));
const cases = (...names: string[]) => names.map((name) => sampleCase({ case: name }));

function refusal(...results: RunResult[]): string {
  try {
    mergeResults(named(...results));
  } catch (error) {
    if (error instanceof MergeError) return error.message;
    throw error;
  }
  return 'merged';
}

describe('mergeResults', () => {
  it('puts the cases in the order of a single run, whatever the order of the shards', () => {
    const merged = mergeResults(
      named(shard(3, 3, cases('3')), shard(1, 3, cases('1', '4')), shard(2, 3, cases('2', '5'))),
    );
    expect(merged.cases.map((item) => item.case)).to.deep.equal(['1', '2', '3', '4', '5']);
    expect(merged.selection).not.to.have.property('shard');
    expect(merged).to.deep.include({ exitStatus: 0, interrupted: '' });
    expect(merged.summary.cases.pass).to.equal(5);
  });

  it('gives each clause its worst outcome, and counts anew', () => {
    const of = (index: number, ...outcomes: ClauseOutcome[]) =>
      shard(index, 3, cases(String(index)), {
        clauses: outcomes.map((outcome, at) => sampleClause({ id: `rfc6121:1/${at}`, outcome })),
      });
    const merged = mergeResults(
      named(
        of(1, 'pass', 'untested', 'blocked', 'unjudged'),
        of(2, 'fail', 'pass', 'pass', 'unjudged'),
        of(3, 'blocked', 'untested', 'untested', 'unjudged'),
      ),
    );
    expect(merged.clauses.map(({ outcome }) => outcome)).to.deep.equal([
      'fail',
      'pass',
      'blocked',
      'unjudged',
    ]);
    expect(merged.summary.specs.rfc6121.MUST).to.deep.equal({ pass: 1, fail: 1, blocked: 1, untested: 0 });
  });

  it('lasts as long as the longest shard, begins with the first, and is as late as the latest', () => {
    const late = (p50: number, p99: number, max: number, samples: number): RunResult['fence'] => ({
      latenessMs: { p50, p99, max },
      paths: { inbound: { p50, p99, max, samples } },
    });
    const merged = mergeResults(
      named(
        shard(1, 2, cases('1'), {
          durationMs: 10,
          startedAt: '2026-03-01T10:00:02.000Z',
          fence: late(1, 2, 9, 5),
        }),
        shard(2, 2, cases('2'), {
          durationMs: 30,
          startedAt: '2026-03-01T10:00:01.000Z',
          fence: late(0, 4, 5, 7),
        }),
      ),
    );
    expect(merged).to.deep.include({
      durationMs: 30,
      startedAt: '2026-03-01T10:00:01.000Z',
      fence: late(1, 4, 9, 12),
    });
  });

  it('has the exit status of the whole, and each stale entry once by line', () => {
    const stale = (...lines: number[]) => ({
      knownFailures: {
        file: 'known.xml',
        stale: lines.map((line) => `known.xml:${line}: passes now; delete the line.`),
      },
    });
    const merged = mergeResults(
      named(shard(1, 2, cases('1'), stale(12, 30)), shard(2, 2, cases('2'), stale(7, 30))),
    );
    expect(merged.knownFailures.stale.map((text) => text.split(':')[1])).to.deep.equal(['7', '12', '30']);
    expect(merged.exitStatus).to.equal(1);
    const idle = (index: number, outcome: 'pass' | 'skipped') => shard(index, 2, [sampleCase({ outcome })]);
    expect(mergeResults(named(idle(1, 'skipped'), idle(2, 'pass'))).exitStatus).to.equal(0);
    expect(mergeResults(named(idle(1, 'skipped'), idle(2, 'skipped'))).exitStatus).to.equal(2);
    expect(
      mergeResults(named(idle(1, 'pass'), shard(2, 2, []))).exitStatus,
      'a shard without cases',
    ).to.equal(0);
  });

  it('keeps that nothing matched the selection', () => {
    const nothing = { exitStatus: 3, interrupted: 'No case matches "x".' } as const;
    expect(mergeResults(named(shard(1, 2, [], nothing), shard(2, 2, [], nothing)))).to.deep.include(nothing);
  });

  it('is interrupted when a shard is missing or was itself', () => {
    const merged = mergeResults(
      named(shard(2, 4, cases('2', '6'), { interrupted: 'Ctrl-C.', exitStatus: 2 }), shard(4, 4, cases('4'))),
    );
    expect(merged.interrupted).to.equal('Shards 1, 3 of 4 are missing. Shard 2: Ctrl-C.');
    expect(merged.exitStatus).to.equal(2);
    expect(merged.cases.map((item) => item.case)).to.deep.equal(['2', '4', '6']);
  });

  it('refuses what are no shards of one run, and says why', () => {
    const one = shard(1, 2, cases('1'));
    const two = shard(2, 2, cases('2'));
    expect(refusal()).to.match(/nothing to merge/);
    expect(refusal(one, sampleRun(cases('2')))).to.equal(
      '2.json is no shard but a whole run: merge takes what --shard made.',
    );
    expect(refusal(one, one)).to.equal('1.json and 2.json are both shard 1 of 2: give each shard once.');
    expect(refusal(one, shard(2, 3, []))).to.match(
      /the number of shards is 2 in the first and 3 in the second\.$/,
    );
    expect(refusal(one, { ...two, target: { ...two.target, name: 'other' } })).to.match(
      /the target is "127\.0\.0\.1:5222" in the first and "other" in the second\.$/,
    );
    expect(refusal(one, { ...two, tool: { ...two.tool, version: '9.9.9' } })).to.match(
      /the version of xmpp-conform/,
    );
    expect(refusal(one, { ...two, selection: { ...two.selection, strict: true } })).to.match(
      /the selection \(strict\)/,
    );
    expect(refusal(one, { ...two, clauses: [] })).to.match(/their catalogues differ\.$/);
  });
});
