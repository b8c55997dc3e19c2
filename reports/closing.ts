import type { RunResult } from '../harness/verdict/result.js';
import { casePoint, EMPTY_SHARD } from './points.js';
import { specName } from './scoreboard.js';
import { count, oneLine } from './text.js';

/** One sentence in plain language: how the run ended and what its exit status means. */
export function closingSentence(run: RunResult): string {
  return oneLine(`${explainStatus(run)} (exit status ${run.exitStatus}).`);
}

function explainStatus(run: RunResult): string {
  const spec = specName(run.selection.spec);
  const { warn, blocked, error } = run.summary.cases;
  switch (run.exitStatus) {
    case 0: {
      if (run.cases.length === 0) return EMPTY_SHARD;
      const warnings =
        warn > 0 ? `, but ${count(warn, 'case')} ${warn === 1 ? 'breaks' : 'break'} a SHOULD` : '';
      const known = run.cases.filter((item) =>
        item.known.some((match) => match.status === 'expected'),
      ).length;
      const broken =
        known > 0
          ? `broke no MUST of ${spec} but those that ${run.knownFailures.file} lists (in ${count(known, 'case')})`
          : `broke no MUST of ${spec} in what was tested`;
      return `${run.target.name} ${broken}${warnings}`;
    }
    case 1:
      return `${run.target.name} doesn't pass: ${failures(run)}`;
    case 2:
      if (run.interrupted !== '') return `The run ended early, so this is no verdict: ${run.interrupted}`;
      if (blocked + error > 0) {
        const unjudged = [
          ...(blocked > 0 ? [count(blocked, 'blocked case')] : []),
          ...(error > 0 ? [count(error, 'case with an error', 'cases with errors')] : []),
        ];
        return `${unjudged.join(' and ')} could not be judged, so this is no clean bill for ${run.target.name}`;
      }
      return 'Nothing was judged: every case was skipped, for the reasons above';
    case 3:
      return run.interrupted || 'Nothing matched the selection, so nothing was judged; check the names given';
  }
}

function failures(run: RunResult): string {
  const { spec } = run.selection;
  const failed = run.cases.filter((result) => casePoint(result, run.selection).verdict === 'failed');
  const must = failed.filter((result) => result.outcome === 'fail').length;
  const should = failed.filter((result) => result.outcome === 'warn').length;
  const passed = failed.length - must - should;
  const name = specName(spec);
  const parts = [
    ...(must > 0 ? [`${count(must, 'case')} ${must === 1 ? 'breaks' : 'break'} a MUST of ${name}`] : []),
    ...(should > 0
      ? [
          `${count(should, 'case')} ${should === 1 ? 'breaks' : 'break'} a SHOULD of ${name}, which --strict counts`,
        ]
      : []),
    ...(passed > 0 ? [`${count(passed, 'known failure')} passed unexpectedly`] : []),
    ...(run.knownFailures.stale.length > 0 ? [`${run.knownFailures.file} is out of date`] : []),
  ];
  return parts.join('; ') || 'a case failed';
}
