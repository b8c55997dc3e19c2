import type { Spec } from '../../harness/verdict/result.js';
import { SPECS } from '../../harness/verdict/summary.js';
import { specName } from '../scoreboard.js';
import type { Style } from '../style.js';
import { count, oneLine, wrap } from '../text.js';
import type { Comparison, LevelRow } from './compare.js';
import { type Difference, RANKING } from './differences.js';
import { aboutServer, OUTCOMES, partTitle, sayings, weightText } from './words.js';

const MAX_DIFFERENCES = 15;
const MAX_PARTS = 3;

/** A comparison for a terminal: the servers, their scores and features, and the differences that matter most. */
export function formatComparison(comparison: Comparison, style: Style): string {
  const blocks = [
    remarks(comparison, style),
    scores(comparison, style),
    features(comparison, style),
    differences(comparison, style),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.map((line) => `${line}\n`).join(''))
    .join('\n');
}

function remarks(comparison: Comparison, { colors, columns }: Style): string[] {
  return comparison.remarks
    .flatMap((remark) => wrap(oneLine(remark), columns))
    .map((line) => colors.yellow(line));
}

const LABEL = 24;
const MIN_COLUMN = 12;

function scores({ servers, levels }: Comparison, { colors, columns }: Style): string[] {
  const width = Math.max(MIN_COLUMN, Math.min(24, Math.floor((columns - LABEL) / servers.length)));
  const row = (label: string, cells: readonly string[]) =>
    label.padEnd(LABEL) + cells.map((cell) => fitted(cell, width - 2).padStart(width)).join('');
  return [
    ...servers.flatMap((server) =>
      wrap(oneLine(aboutServer(server)), columns - 2).map((line, at) => (at === 0 ? line : `  ${line}`)),
    ),
    '',
    colors.bold(
      row(
        'Cases',
        servers.map(({ name }) => name),
      ),
    ),
    ...SPECS.flatMap((spec) =>
      OUTCOMES.filter((outcome) => servers.some(({ cases }) => cases[spec][outcome] > 0)).map((outcome) =>
        row(
          `  ${specName(spec)} ${outcome}`,
          servers.map(({ cases }) => String(cases[spec][outcome])),
        ),
      ),
    ),
    colors.bold('Clauses kept of those judged'),
    ...levels.map(({ spec, level, cells }) =>
      row(
        `  ${specName(spec)} ${level}`,
        cells.map(({ kept, departs }) =>
          level === 'MAY' ? `${kept} taken` : `${kept} of ${kept + departs}`,
        ),
      ),
    ),
    ...SPECS.map((spec) =>
      row(
        `  ${specName(spec)} unclear`,
        servers.map((_, at) => String(sum(levels, spec, (cells) => cells[at]?.unclear))),
      ),
    ),
    colors.bold('Departures that the other specification demands'),
    ...SPECS.map((spec) =>
      row(
        `  ${specName(spec)}`,
        servers.map((_, at) => String(sum(levels, spec, (cells) => cells[at]?.demanded))),
      ),
    ),
  ];
}

function sum(
  levels: readonly LevelRow[],
  spec: Spec,
  countOf: (cells: LevelRow['cells']) => number | undefined,
): number {
  return levels
    .filter((row) => row.spec === spec)
    .reduce((total, { cells }) => total + (countOf(cells) ?? 0), 0);
}

function fitted(text: string, width: number): string {
  const line = oneLine(text);
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

function features({ features: rows, servers }: Comparison, { colors, columns }: Style): string[] {
  if (rows.length === 0) return [];
  return [
    colors.bold('Features that not all offer'),
    ...rows.flatMap(({ feature, cells }) => {
      const having = servers.filter((_, index) => cells[index]).map(({ name }) => name);
      return wrap(oneLine(`${feature}: ${having.join(', ')}`), columns - 2).map((line) => `  ${line}`);
    }),
  ];
}

function differences(comparison: Comparison, style: Style): string[] {
  const { colors, columns } = style;
  const all = comparison.differences;
  if (all.length === 0) return ['No server departs from a clause, and none chooses otherwise than another.'];
  const shown = all.slice(0, MAX_DIFFERENCES);
  const left = all.length - shown.length;
  return [
    colors.bold(`Differences, what matters most first (${count(all.length, 'scenario')})`),
    ...RANKING.flatMap((line) => wrap(line, columns - 2)).map((line) => colors.dim(`  ${line}`)),
    ...shown.flatMap((difference, index) => [
      '',
      ...formatDifference(difference, index + 1, comparison, style),
    ]),
    ...(left > 0
      ? [
          '',
          `And ${count(left, 'more scenario')}, and every clause: --format html or markdown with --output FILE.`,
        ]
      : []),
  ];
}

function formatDifference(
  difference: Difference,
  number: number,
  { servers }: Comparison,
  { colors, columns }: Style,
): string[] {
  const names = servers.map(({ name }) => name);
  const shown = difference.parts.slice(0, MAX_PARTS);
  const left = difference.parts.length - shown.length;
  const indented = (text: string, margin: number) =>
    wrap(oneLine(text), Math.max(30, columns - margin)).map((line) => ' '.repeat(margin) + line);
  return [
    ...wrap(`${String(number).padStart(2)}. ${oneLine(difference.title)}`, columns).map((line) =>
      colors.bold(line),
    ),
    ...indented(`${difference.scenario}: ${weightText(difference)}`, 4).map((line) => colors.dim(line)),
    ...shown.flatMap((part) => [
      ...indented(partTitle(part), 4).map((line) =>
        part.gravity === 'MUST' ? colors.red(line) : part.gravity === 'SHOULD' ? colors.yellow(line) : line,
      ),
      ...(part.kind === 'clause' ? indented(part.summary, 6) : []),
      ...sayings(part, difference, names).flatMap(({ servers: alike, text }) =>
        indented(`- ${alike.join(', ')}: ${text}`, 6),
      ),
    ]),
    ...(left > 0 ? [`    and ${left} more`] : []),
  ];
}
