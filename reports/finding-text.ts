import { diffWordsWithSpace } from 'diff';
import type { Difference } from '../harness/verdict/result.js';
import { counterpart, type DiffLine, diffStanzas } from './diff.js';
import type { Finding, FindingClause } from './findings.js';
import type { Style } from './style.js';
import { clip, oneLine, printable, wrap } from './text.js';
import { prettyXml } from './xml.js';

const MAX_STANZA = 8000;
const MAX_VALUE = 300;
const INDENT = '  ';

/**
 * A finding as lines, without its exchange: where, the clauses, why, the differences, expected against received.
 */
export function formatFinding(finding: Finding, style: Style): string[] {
  const { colors } = style;
  return [
    colors.dim(oneLine(`at ${finding.at}, ${finding.source}`)),
    ...finding.clauses.flatMap((clause) => formatClause(clause, style)),
    ...finding.reasons.flatMap((reason) => indented(oneLine(reason), style)).map((line) => colors.bold(line)),
    ...finding.differences.flatMap((difference) => formatDifference(difference, style)),
    ...formatComparison(finding, style),
  ];
}

function formatClause(clause: FindingClause, { colors, columns }: Style): string[] {
  const tint = clause.outcome === 'warn' ? colors.yellow : colors.red;
  const level = clause.level.padEnd(10);
  const head = `${level} ${oneLine(clause.clause)}`;
  const lines = wrap(oneLine(clause.summary), Math.max(30, columns - INDENT.length));
  return [
    `${tint(level)} ${colors.bold(head.slice(level.length + 1))}`,
    ...lines.map((line) => INDENT + line),
  ];
}

function formatDifference({ path, expected, received }: Difference, style: Style): string[] {
  const { colors, columns } = style;
  const value = (text: string) => (text === '' ? 'nothing' : oneLine(clip(text, MAX_VALUE)));
  const where = path === '' ? 'the stanza' : oneLine(clip(path, MAX_VALUE));
  const wanted = `expected ${value(expected)}`;
  const got = `received ${value(received)}`;
  if (INDENT.length + where.length + wanted.length + got.length + 4 <= columns) {
    return [`${INDENT}${where}: ${colors.red(wanted)}, ${colors.green(got)}`];
  }
  return [
    ...indented(`${where}:`, style),
    ...indented(wanted, style, 2).map(colors.red),
    ...indented(got, style, 2).map(colors.green),
  ];
}

function formatComparison(finding: Finding, style: Style): string[] {
  const { colors } = style;
  const expected = clip(finding.expected, MAX_STANZA);
  const received = clip(finding.received, MAX_STANZA);
  const isForbidden = finding.kind === 'never';
  const diff = isForbidden ? undefined : diffStanzas(expected, received);
  if (diff) return [`${colors.red('- expected')}  ${colors.green('+ received')}`, ...formatDiff(diff, style)];
  const lines: string[] = [];
  if (expected !== '') {
    lines.push(
      isForbidden ? 'must not come:' : 'expected:',
      ...indented(prettyXml(expected), style).map(colors.red),
    );
  }
  if (received !== '') {
    lines.push(
      isForbidden ? 'came:' : 'received:',
      ...indented(prettyXml(received), style).map(colors.green),
    );
  } else if (!isForbidden && expected !== '') {
    lines.push('received:', `${INDENT}${colors.green('nothing')}`);
  }
  return lines;
}

function formatDiff(diff: readonly DiffLine[], style: Style): string[] {
  const { colors } = style;
  return diff.flatMap(({ side, text }, index) => {
    const safe = printable(text);
    if (side === 'both') return marked(' ', safe, style);
    const lines = marked(side === 'expected' ? '-' : '+', safe, style);
    const other = counterpart(diff, index);
    const shown =
      other !== undefined && lines.length === 1
        ? [lines[0]?.slice(0, 2) + emphasise(safe, printable(other), colors.underline)]
        : lines;
    return shown.map(side === 'expected' ? colors.red : colors.green);
  });
}

/** Marks the words of `text` that `other` doesn't have. */
function emphasise(text: string, other: string, mark: (part: string) => string): string {
  return diffWordsWithSpace(other, text)
    .filter((change) => !change.removed)
    .map((change) => (change.added ? mark(change.value) : change.value))
    .join('');
}

function marked(sign: string, text: string, { columns }: Style): string[] {
  return wrap(text, Math.max(30, columns - 4)).map((line, index) => `${index === 0 ? sign : ' '} ${line}`);
}

function indented(text: string, { columns }: Style, levels = 1): string[] {
  const margin = INDENT.repeat(levels);
  return wrap(printable(text), Math.max(30, columns - margin.length)).map((line) => margin + line);
}
