import { hasReason, isKnown, isKnownBlocked } from '../harness/verdict/known.js';
import type { CaseResult, Outcome, RunResult, Spec } from '../harness/verdict/result.js';
import { explainCase } from './case-text.js';
import { closingSentence } from './closing.js';
import { groupBy } from './group.js';
import { casePoint } from './points.js';
import { formatScoreboard, specName } from './scoreboard.js';
import type { Style } from './style.js';
import { count, duration, oneLine, wrap } from './text.js';

const MAX_NAMES = 5;

/**
 * One case for people: heading, findings under the specification chosen, the exchange that led to them.
 * @returns text that ends in a line feed
 */
export function formatFailure(result: CaseResult, spec: Spec, style: Style): string {
  const lines = explainCase(result, spec, { ...style, columns: style.columns - 2 });
  return toText([...heading(result, style), ...indent(lines)]);
}

/**
 * The whole run for people: cases that failed or broke a SHOULD in full, then errors, blocked and skipped cases
 * by reason, and last the scoreboard, the choices made, lateness, the files written and a closing sentence.
 * @param files paths of the reports written
 * @param isBrief a broken SHOULD takes a line: the reports have the whole of it
 */
export function formatRun(
  run: RunResult,
  style: Style,
  files: readonly string[] = [],
  isBrief = false,
): string {
  const { spec } = run.selection;
  const verdicts = new Map(run.cases.map((result) => [result, casePoint(result, run.selection).verdict]));
  const failed = run.cases.filter((result) => verdicts.get(result) === 'failed');
  const warned = run.cases.filter((result) => result.outcome === 'warn' && verdicts.get(result) === 'passed');
  const known = run.cases.filter(
    (result) => result.outcome !== 'skipped' && verdicts.get(result) === 'skipped',
  );
  const sections = [
    ...(isBrief ? failed : [...failed, ...warned]).map((result) => formatFailure(result, spec, style)),
    isBrief ? warningLines(warned, spec, style) : '',
    byReason('error', run, style),
    byReason('blocked', run, style),
    byReason('skipped', run, style),
    knownFailures(run, known, style),
    run.cases.length === 0 ? '' : toText(formatScoreboard(run, style)),
    choices(run, style),
    facts(run, files, style),
    toText(wrap(closingSentence(run), style.columns).map((line) => closingTint(run, style)(line))),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

const LABELS: Readonly<Record<Outcome, string>> = {
  pass: 'PASS',
  warn: 'WARN',
  fail: 'FAIL',
  blocked: 'BLOCKED',
  skipped: 'SKIPPED',
  error: 'ERROR',
};

function heading(result: CaseResult, { colors, columns }: Style): string[] {
  const passedAnyway = result.known.find((match) => match.status === 'unexpected-pass');
  const label = passedAnyway ? 'UNEXPECTED PASS' : LABELS[result.outcome];
  const tint = result.outcome === 'fail' || result.outcome === 'error' ? colors.red : colors.yellow;
  const name = `${oneLine(result.scenario)}: ${oneLine(result.case)}`;
  const sections =
    result.sections.length > 0
      ? ` (${result.sections.length === 1 ? 'section' : 'sections'} ${result.sections.join(', ')})`
      : '';
  const notes = result.known
    .filter((match) => match.status !== 'expected')
    .map((match) =>
      match.status === 'unexpected-pass'
        ? `passes, but is listed as a known failure of ${match.clause}: remove the entry (${match.why})`
        : `known to fail ${match.clause}, but not like this (${match.why})`,
    );
  return [
    `${colors.bold(tint(label))} ${colors.bold(name)} ${colors.dim(duration(result.durationMs))}`,
    ...[`${result.title}${sections}`, ...notes]
      .flatMap((text) => wrap(oneLine(text), columns - 2))
      .map((line) => `  ${line}`),
  ];
}

/** Broken recommendations, a line a case: the clauses tell what it is about. */
function warningLines(warned: readonly CaseResult[], spec: Spec, { colors, columns }: Style): string {
  return toText(
    warned.map((result) => {
      const clauses = result.checks
        .filter((check) => check.spec === spec && check.outcome === 'warn' && !isKnown(result, check))
        .map((check) => check.clause);
      const told = oneLine(`${result.scenario}: ${result.case} (${[...new Set(clauses)].join(', ')})`);
      const room = Math.max(30, columns - LABELS.warn.length - 1);
      const line = told.length > room ? `${told.slice(0, room - 1)}…` : told;
      return `${colors.bold(colors.yellow(LABELS.warn))} ${line}`;
    }),
  );
}

/** Cases that were not judged, a paragraph a reason; for errors with the exchange of the first one. */
function byReason(outcome: 'error' | 'blocked' | 'skipped', run: RunResult, style: Style): string {
  const { colors, columns } = style;
  const groups = groupBy(
    run.cases.filter((result) => result.outcome === outcome && !isKnownBlocked(result)),
    (result) => result.reason,
  );
  const sorted = [...groups.values()].sort((a, b) => b.length - a.length);
  const tint = outcome === 'error' ? colors.red : outcome === 'blocked' ? colors.yellow : colors.dim;
  return toText(
    sorted.flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const head = `${colors.bold(tint(LABELS[outcome]))} ${colors.bold(count(group.length, 'case'))}`;
      const told =
        outcome === 'error'
          ? explainCase(first, run.selection.spec, { ...style, columns: columns - 2 })
          : wrap(oneLine(first.reason), columns - 2);
      return [head, ...indent(told), ...names(group, style)];
    }),
  );
}

function names(group: readonly CaseResult[], { colors, columns }: Style): string[] {
  const shown = group.slice(0, MAX_NAMES).map((result) => `${result.scenario}: ${result.case}`);
  const left = group.length - shown.length;
  const list = [...shown, ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
  return wrap(oneLine(list), columns - 2).map((line) => colors.dim(`  ${line}`));
}

function knownFailures(run: RunResult, known: readonly CaseResult[], style: Style): string {
  const { file, stale } = run.knownFailures;
  const { colors, columns } = style;
  const lines =
    known.length > 0 ? [`${count(known.length, 'known failure')}, as ${oneLine(file)} expects`] : [];
  const expected = run.cases.flatMap((item) => item.known.filter((match) => match.status === 'expected'));
  const unexplained = [
    ...new Set(
      expected.filter((match) => !hasReason(match.why)).map((match) => match.clause || 'a blocked case'),
    ),
  ];
  if (unexplained.length > 0) {
    const shown = unexplained.slice(0, MAX_NAMES).join(', ');
    const left = unexplained.length - MAX_NAMES;
    const told = `without a reason: ${shown}${left > 0 ? ` and ${left} more` : ''}; say in <why> what the server does`;
    lines.push(...wrap(oneLine(told), columns - 2).map((line) => colors.yellow(`  ${line}`)));
  }
  if (stale.length > 0) {
    lines.push(
      colors.red(`${oneLine(file)} is out of date (--write-known-failures would bring it up to date):`),
    );
    for (const entry of stale) {
      lines.push(
        ...wrap(oneLine(entry), columns - 4).map((line, at) => `${at === 0 ? '  - ' : '    '}${line}`),
      );
    }
  }
  return toText(lines);
}

function choices(run: RunResult, { colors, columns }: Style): string {
  const taken = run.choices.filter((choice) => choice.taken !== '');
  if (taken.length === 0) return '';
  const lines = [...groupBy(taken, (choice) => choice.name)].flatMap(([name, group]) => {
    const options = groupBy(group, (choice) => choice.taken);
    const counted = [...options].map(([option, times]) =>
      options.size === 1 ? option : `${option} (${times.length})`,
    );
    return wrap(oneLine(`${name}: ${counted.join(', ')}`), columns - 2).map((line) => `  ${line}`);
  });
  return toText([colors.bold('Choices that the server made'), ...lines]);
}

function facts(run: RunResult, files: readonly string[], { colors, columns }: Style): string {
  const { cases } = run.summary;
  const { p50, p99, max } = run.fence.latenessMs;
  const outcomes = (Object.keys(LABELS) as Outcome[])
    .filter((outcome) => cases[outcome] > 0)
    .map((outcome) => `${cases[outcome]} ${outcome}`);
  const rows: [string, string][] = [
    ['Target', `${run.target.name}, domain ${run.target.domain}, ${specName(run.selection.spec)}`],
    ['Cases', `${outcomes.join(', ') || 'none'}, in ${duration(run.durationMs)}`],
    [
      'Lateness',
      `median ${p50.toFixed(1)} ms, 99 % within ${p99.toFixed(1)} ms, worst ${max.toFixed(1)} ms after the fence`,
    ],
    ...files.map((file, index): [string, string] => [index === 0 ? 'Written' : '', file]),
  ];
  return toText(
    rows.flatMap(([label, value]) =>
      wrap(oneLine(value), columns - 10).map(
        (line, index) => `${colors.dim((index === 0 ? label : '').padEnd(10))}${line}`,
      ),
    ),
  );
}

function closingTint(run: RunResult, { colors }: Style): (text: string) => string {
  if (run.exitStatus === 0) return colors.green;
  return run.exitStatus === 1 ? colors.red : colors.yellow;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
