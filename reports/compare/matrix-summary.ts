import type { Level, Spec } from '../../harness/verdict/result.js';
import { specName } from '../scoreboard.js';
import { oneLine, wrap } from '../text.js';
import type { Comparison } from './compare.js';
import type { Difference } from './differences.js';
import { OUTCOMES, partTitle, sayings } from './words.js';

const MAX_DIFFERENCES = 6;
const COLUMNS = 120;

/** What stands before and behind the part of a document that is written by `npm run matrix`. */
export const MATRIX_MARKERS = { begin: '<!-- matrix:begin -->', end: '<!-- matrix:end -->' } as const;

/**
 * The comparison in few lines of Markdown, the same for the same results: a table of scores, and the differences that
 * matter most.
 * @param all every server, the table's rows
 * @param differing those among which the differences are to be told
 */
export function matrixSummary(all: Comparison, differing: Comparison): string {
  const outcomes = OUTCOMES.filter((outcome) =>
    all.servers.some(({ spec, cases }) => cases[spec][outcome] > 0),
  );
  const head = [
    'server',
    'version',
    'judged by',
    ...outcomes,
    'MUSTs of RFC 3921 kept',
    'MUSTs of RFC 6121 kept',
  ];
  const rows = all.servers.map(({ name, software, spec, cases }, index) => [
    cell(name),
    cell(software),
    specName(spec),
    ...outcomes.map((outcome) => String(cases[spec][outcome])),
    mustsKept(all, 'rfc3921', index),
    mustsKept(all, 'rfc6121', index),
  ]);
  const names = differing.servers.map(({ name }) => cell(name));
  return [
    `| ${head.join(' | ')} |`,
    `| --- | --- | --- |${' ---: |'.repeat(outcomes.length)} --- | --- |`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    ...wrap(LEGEND, COLUMNS),
    '',
    `Where ${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''} act differently towards other servers, what matters most first:`,
    '',
    ...differing.differences.slice(0, MAX_DIFFERENCES).flatMap((difference) => tell(difference, names)),
  ].join('\n');
}

const LEGEND =
  'MUSTs are counted of those judged, MUST NOTs among them. *As the other demands*: departures from one specification that the other one demands. *Not all judged*: clauses of which no departure was seen, but some cases were blocked.';

const MUSTS: readonly Level[] = ['MUST', 'MUST NOT'];

function mustsKept({ levels }: Comparison, spec: Spec, server: number): string {
  const cells = levels
    .filter((row) => row.spec === spec && MUSTS.includes(row.level))
    .flatMap((row) => row.cells[server] ?? []);
  const sum = (count: (found: (typeof cells)[number]) => number) =>
    cells.reduce((total, found) => total + count(found), 0);
  const { demanded, unclear } = {
    demanded: sum((found) => found.demanded),
    unclear: sum((found) => found.unclear),
  };
  return [
    `${sum((found) => found.kept)} of ${sum((found) => found.kept + found.departs)}`,
    ...(demanded > 0 ? [`${demanded} as the other demands`] : []),
    ...(unclear > 0 ? [`${unclear} not all judged`] : []),
  ].join('; ');
}

/** One line of a list: the scenario, and what each server does about the gravest clause or choice in it. */
function tell(difference: Difference, names: readonly string[]): string[] {
  const [gravest] = difference.parts;
  if (gravest === undefined) return [];
  const said = sayings(gravest, difference, names).map(
    ({ servers, text }) => `${servers.join(', ')}: ${cell(text)}`,
  );
  const about =
    gravest.kind === 'clause'
      ? `${gravest.summary.replace(/\.$/, '')} (${gravest.level} \`${gravest.id}\`)`
      : partTitle(gravest);
  const text = `\`${difference.scenario}\`: ${about}. ${said.join('; ')}.`;
  return wrap(oneLine(text), COLUMNS - 2).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`);
}

/** A table's cell has no room for what would end it. */
function cell(text: string): string {
  return oneLine(text).replace(/[|<>&`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/**
 * A document with the part between the markers replaced.
 * @returns undefined where the document doesn't have both markers in their order
 */
export function replaceMatrix(document: string, part: string): string | undefined {
  const { begin, end } = MATRIX_MARKERS;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) return undefined;
  return `${document.slice(0, from + begin.length)}\n${part}\n${document.slice(to)}`;
}
