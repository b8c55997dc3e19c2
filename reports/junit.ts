import type { CaseResult, RunResult } from '../harness/verdict/result.js';
import { escapeAttribute, escapeText } from '../harness/wire/element.js';
import { explainCase } from './case-text.js';
import { groupBy } from './group.js';
import { type Point, points } from './points.js';
import { PLAIN } from './style.js';
import { clip, printable } from './text.js';

// Readers built on libxml2 refuse a text of more than 10 MB unless told otherwise.
const MAX_TEXT = 200_000;

/**
 * The run as JUnit XML: a test suite a scenario, a test case a case, and a suite `run` for what concerns the run
 * as a whole. Blocked and error become `error`, a known failure that came as expected becomes `skipped`, a
 * warning passes and is told in `system-out` (with `strict` it is a failure). Well-formed whatever the target sent.
 */
export function toJUnit(result: RunResult): string {
  const all = points(result);
  const suites = [...groupBy(all, (point) => point.suite)].map(([suite, members]) =>
    writeSuite(suite, members, result),
  );
  const attributes = { name: 'xmpp-conform', ...totals(all), time: seconds(result.durationMs) };
  return `<?xml version='1.0' encoding='UTF-8'?>\n${tag('testsuites', attributes, suites)}`;
}

function writeSuite(suite: string, members: readonly Point[], run: RunResult): string {
  const file = run.scenarios.find((scenario) => scenario.id === members[0]?.result?.scenario)?.file;
  const attributes = {
    name: suite,
    ...totals(members),
    skipped: tally(members, 'skipped'),
    time: seconds(members.reduce((sum, point) => sum + point.durationMs, 0)),
    timestamp: run.startedAt.slice(0, 19),
    // Readers want a host; a target that was never reached has none.
    hostname: run.target.host || 'localhost',
    ...(file === undefined ? {} : { file }),
  };
  const choices = members.flatMap((point) => point.result?.choices ?? []);
  const properties = [
    { name: 'target', value: run.target.name },
    { name: 'domain', value: run.target.domain },
    { name: 'spec', value: run.selection.spec },
    ...choices
      .filter((choice) => choice.taken !== '')
      .map((choice) => ({ name: `choice ${choice.case}: ${choice.name}`, value: choice.taken })),
  ];
  return tag('testsuite', attributes, [
    tag(
      'properties',
      {},
      properties.map((property) => tag('property', property)),
    ),
    ...members.map((point) => writeCase(point, run)),
  ]);
}

function writeCase(point: Point, run: RunResult): string {
  const attributes = {
    name: point.name,
    classname: ['xmpp-conform', ...point.suite.split('/')].join('.'),
    time: seconds(point.durationMs),
  };
  return tag('testcase', attributes, writeVerdict(point, run));
}

function writeVerdict({ verdict, message, result }: Point, run: RunResult): string[] {
  const { spec } = run.selection;
  const explain = (told: CaseResult) => explainCase(told, spec, PLAIN).join('\n');
  switch (verdict) {
    case 'passed':
      if (result?.outcome !== 'warn') return [];
      return [text('system-out', {}, `warning: a SHOULD is broken\n${explain(result)}`)];
    case 'skipped':
      return [tag('skipped', { message })];
    case 'failed':
      return [
        text('failure', { message, type: failureType(result, run) }, result ? explain(result) : message),
      ];
    case 'error':
      return [text('error', { message, type: result?.outcome ?? 'run' }, result ? explain(result) : message)];
  }
}

function failureType(result: CaseResult | undefined, run: RunResult): string {
  if (!result || result.known.some((match) => match.status === 'unexpected-pass')) return 'known failures';
  const levels = result.checks
    .filter((check) => check.spec === run.selection.spec)
    .filter((check) => check.outcome === result.outcome)
    .map((check) => check.level);
  return levels[0] ?? result.outcome;
}

function totals(members: readonly Point[]): Record<'tests' | 'failures' | 'errors', string> {
  return {
    tests: String(members.length),
    failures: tally(members, 'failed'),
    errors: tally(members, 'error'),
  };
}

function tally(members: readonly Point[], verdict: Point['verdict']): string {
  return String(members.filter((point) => point.verdict === verdict).length);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function tag(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly string[] = [],
): string {
  const start = `<${name}${writeAttributes(attributes)}`;
  return children.length === 0 ? `${start}/>\n` : `${start}>\n${children.join('')}</${name}>\n`;
}

function text(name: string, attributes: Readonly<Record<string, string>>, content: string): string {
  const safe = escapeText(printable(clip(content, MAX_TEXT)));
  return `<${name}${writeAttributes(attributes)}>${safe}</${name}>\n`;
}

function writeAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}='${escapeAttribute(printable(value))}'`)
    .join('');
}
