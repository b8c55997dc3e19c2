import { SPECS } from '../../harness/verdict/summary.js';
import { plain } from '../markdown.js';
import { specName } from '../scoreboard.js';
import { count } from '../text.js';
import type { ClauseRow, Comparison, SectionRows } from './compare.js';
import { type Difference, RANKING } from './differences.js';
import { aboutServer, casesText, levelText, partTitle, sayings, seenText, weightText } from './words.js';

const MAX_OPEN = 15;
const MAX_PARTS = 5;

/**
 * A comparison in GitHub's Markdown: the servers' scores and features, the differences that matter most, and, folded,
 * the others and the clauses that not all keep, by section. No text of a server can become markup.
 */
export function comparisonToMarkdown(comparison: Comparison): string {
  const { servers, remarks, differences } = comparison;
  const lines = [
    '# Servers compared',
    '',
    ...servers.map((server) => `- ${plain(aboutServer(server))}`),
    ...remarks.flatMap((remark) => ['', plain(remark)]),
    '',
    ...scores(comparison),
    ...features(comparison),
    '',
    '## Differences, what matters most first',
    '',
    ...RANKING,
    ...differences.slice(0, MAX_OPEN).flatMap((difference) => ['', ...tell(difference, comparison)]),
    ...folded(
      `${count(Math.max(0, differences.length - MAX_OPEN), 'more scenario')} in which servers differ or depart`,
      differences.slice(MAX_OPEN).flatMap((difference) => [...tell(difference, comparison), '']),
    ),
    '',
    '## Clauses that not all keep, by section',
    ...comparison.sections.flatMap((section) => tellSection(section, comparison)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function scores({ servers, levels }: Comparison): string[] {
  return [
    `| | ${servers.map(({ name }) => plain(name)).join(' | ')} |`,
    `| --- |${' --- |'.repeat(servers.length)}`,
    ...SPECS.map(
      (spec) =>
        `| Cases, ${specName(spec)} | ${servers.map(({ cases }) => casesText(cases[spec])).join(' | ')} |`,
    ),
    ...levels.map(
      ({ spec, level, cells }) =>
        `| ${specName(spec)} ${level} | ${cells.map((cell) => levelText(cell, spec, level)).join(' | ')} |`,
    ),
  ];
}

function features({ features: rows, servers }: Comparison): string[] {
  if (rows.length === 0) return [];
  return [
    '',
    'Features that not all offer:',
    '',
    ...rows.map(({ feature, cells }) => {
      const having = servers.filter((_, index) => cells[index]).map(({ name }) => plain(name));
      return `- ${plain(feature)}: ${having.join(', ')}`;
    }),
  ];
}

function tell(difference: Difference, { servers }: Comparison): string[] {
  const names = servers.map(({ name }) => name);
  const shown = difference.parts.slice(0, MAX_PARTS);
  const left = difference.parts.length - shown.length;
  return [
    `**${plain(difference.title)}**`,
    `(${plain(difference.scenario)}: ${weightText(difference)})`,
    '',
    ...shown.flatMap((part) => [
      `- ${plain(partTitle(part))}${part.kind === 'clause' ? `: ${plain(part.summary)}` : ''}`,
      ...sayings(part, difference, names).map(
        ({ servers: alike, text }) => `  - ${alike.map(plain).join(', ')}: ${plain(text)}`,
      ),
    ]),
    ...(left > 0 ? [`- and ${left} more`] : []),
  ];
}

function tellSection({ document, section, title, clauses }: SectionRows, { servers }: Comparison): string[] {
  const told = clauses.filter((clause) => !isKeptByAll(clause));
  if (told.length === 0) return [];
  const kept = clauses.length - told.length;
  return folded(
    `${plain(`${document} ${section} ${title}`)}: ${told.length} of ${count(clauses.length, 'clause')}`,
    [
      `| clause | ${servers.map(({ name }) => plain(name)).join(' | ')} |`,
      `| --- |${' --- |'.repeat(servers.length)}`,
      ...told.map(
        (clause) =>
          `| ${clause.level} ${plain(clause.id)}: ${plain(clause.summary)} | ${clause.cells
            .map((cell) => plain(cell === null ? 'not known to this run' : seenText(cell, clause.spec)))
            .join(' | ')} |`,
      ),
      ...(kept > 0 ? ['', `${count(kept, 'other clause')} kept by all.`] : []),
    ],
  );
}

function isKeptByAll({ cells }: ClauseRow): boolean {
  return cells.every((cell) => cell?.standing === 'kept');
}

function folded(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return ['', `<details><summary>${title}</summary>`, '', ...lines, '', '</details>'];
}
