import type { RunResult } from '../harness/verdict/result.js';
import { explainCase } from './case-text.js';
import { findings } from './findings.js';
import { type Point, points } from './points.js';
import { PLAIN } from './style.js';
import { clip, oneLine, printable } from './text.js';

const MAX_TEXT = 200_000;

/**
 * The run as TAP 13: one test point a case, in the order and with the verdicts of the JUnit report. Failures and
 * warnings carry YAML diagnostics; there are no subtests, no `Bail out!` (readers take either for a passing
 * suite) and no comments (readers attach them to the wrong test point).
 */
export function toTap(result: RunResult): string {
  const all = points(result);
  const lines = all.flatMap((point, index) => writePoint(point, index + 1, result));
  return `${['TAP version 13', `1..${all.length}`, ...lines].join('\n')}\n`;
}

function writePoint(point: Point, number: number, run: RunResult): string[] {
  const isOk = point.verdict === 'passed' || point.verdict === 'skipped';
  const skip = point.verdict === 'skipped' ? ` # SKIP ${escapeDescription(point.message)}` : '';
  const line = `${isOk ? 'ok' : 'not ok'} ${number} - ${escapeDescription(`${point.suite}: ${point.name}`)}${skip}`;
  const isTold = !isOk || point.result?.outcome === 'warn';
  return isTold && skip === '' ? [line, ...writeDiagnostics(point, run)] : [line];
}

function writeDiagnostics({ verdict, message, result }: Point, run: RunResult): string[] {
  const { spec } = run.selection;
  const found = result ? findings(result, spec) : [];
  const clauses = found.flatMap((finding) => finding.clauses);
  const details = result ? explainCase(result, spec, PLAIN).join('\n') : '';
  return [
    '  ---',
    `  message: ${quote(message === '' ? 'warning: a SHOULD is broken' : message)}`,
    `  severity: ${verdict === 'passed' ? 'warning' : verdict === 'error' ? 'error' : 'fail'}`,
    ...(clauses.length > 0 ? ['  clauses:'] : []),
    ...clauses.map((clause) => `    - ${quote(`${clause.level} ${clause.clause}`)}`),
    ...(details === '' ? [] : ['  details: |2', ...block(details)]),
    '  ...',
  ];
}

// Backslash and number sign are the two that TAP gives a meaning to within a description.
function escapeDescription(text: string): string {
  return text.replace(/[\\#]/g, '\\$&');
}

// JSON strings are YAML strings (YAML 1.2 section 1.3), once nothing invisible is left in them.
function quote(text: string): string {
  return JSON.stringify(oneLine(text));
}

function block(text: string): string[] {
  return printable(clip(text, MAX_TEXT))
    .split('\n')
    .map((line) => `    ${line}`.trimEnd());
}
