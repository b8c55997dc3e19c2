import { formatExchange } from '../exchange.js';
import { plain } from '../markdown.js';
import { specName } from '../scoreboard.js';
import { PLAIN } from '../style.js';
import { count } from '../text.js';
import {
  cellText,
  type Expectation,
  type InteropMatrix,
  interruptions,
  LEGEND,
  type Sighting,
  serverText,
  shownText,
  sightingLines,
} from './matrix.js';

/** The matrix in GitHub's Markdown, with an exchange for each departure and gap. No text of a server can become markup. */
export function interopToMarkdown(matrix: InteropMatrix): string {
  const { servers, departures, gaps, unattributed, notJudged } = matrix;
  const lines = [
    '# Between servers',
    '',
    `Judged by ${specName(matrix.spec)}. The user (romeo) is on the server of the row, the contact (juliet) on that of the column.`,
    '',
    ...servers.map((server) => `- ${plain(serverText(server))}`),
    '',
    ...table(matrix),
    '',
    ...LEGEND.map(([word, meaning]) => `- **${word}**: ${meaning}.`),
    ...interruptions(matrix).flatMap((text) => ['', plain(text)]),
    ...section(
      count(departures.length, 'departure'),
      departures.map(({ server, clauses, expectation, sightings }) => [
        `**${plain(server)}**: ${plain(expectation.title)}`,
        '',
        ...clauses.map(
          (broken) =>
            `- ${broken.level} ${plain(broken.clause)}: ${plain(broken.summary)} ${plain(shownText(broken))}`,
        ),
        ...seen(sightings),
        ...exchange(expectation),
      ]),
    ),
    ...section(
      count(gaps.length, 'gap'),
      gaps.map(({ says, by, choice, expectation, sightings }) => [
        by === '' ? plain(says) : `**${plain(by)}** may, but ${plain(says)} (${plain(choice)})`,
        '',
        ...seen(sightings),
        ...(expectation === undefined ? [] : exchange(expectation)),
      ]),
    ),
    ...section(
      count(unattributed.length, 'difference not attributed', 'differences not attributed'),
      unattributed.map(({ says, clauses, expectation, sightings }) => [
        `${plain(expectation.title)}: ${plain(says)}`,
        '',
        ...clauses.map((clause) => `- ${plain(clause)}`),
        ...seen(sightings),
        ...exchange(expectation),
      ]),
    ),
    ...section(
      `${count(notJudged.length, 'case')} not judged`,
      notJudged.map(({ outcome, reason, ...sighting }) => [
        ...seen([sighting]),
        '',
        `${outcome}: ${plain(reason)}`,
      ]),
    ),
    ...choices(matrix),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function table({ servers, cells }: InteropMatrix): string[] {
  const text = (target: string, peer: string) => {
    const cell = cells.find((item) => item.target === target && item.peer === peer);
    return cell === undefined ? '' : plain(cellText(cell));
  };
  return [
    `| | ${servers.map(({ name }) => plain(name)).join(' | ')} |`,
    `| --- |${' --- |'.repeat(servers.length)}`,
    ...servers.map(
      ({ name }) => `| ${plain(name)} | ${servers.map((peer) => text(name, peer.name)).join(' | ')} |`,
    ),
  ];
}

function choices({ choices: rows, servers }: InteropMatrix): string[] {
  if (rows.length === 0) return [];
  return [
    '',
    '## What servers choose',
    '',
    `| | ${servers.map(({ name }) => plain(name)).join(' | ')} |`,
    `| --- |${' --- |'.repeat(servers.length)}`,
    ...rows.map(
      ({ name, taken }) =>
        `| ${plain(name)} | ${taken.map((options) => options.map(plain).join('; ')).join(' | ')} |`,
    ),
  ];
}

function section(title: string, entries: readonly (readonly string[])[]): string[] {
  if (entries.length === 0) return [];
  return ['', `## ${title}`, ...entries.flatMap((entry) => ['', ...entry])];
}

function seen(sightings: readonly Sighting[]): string[] {
  return sightingLines(sightings).map((text) => `- seen from ${plain(text)}`);
}

/** The exchange of the first sighting, folded; a fence of tildes ends where it is longer than any within. */
function exchange({ at, source, reason, exchange: entries }: Expectation): string[] {
  const lines = formatExchange(entries, PLAIN);
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/~+/g) ?? []).map((run) => run.length)));
  const fence = '~'.repeat(longest + 1);
  return [
    '',
    `<details><summary>At ${plain(at)}, ${plain(source)}: ${plain(reason)}</summary>`,
    '',
    fence,
    ...lines,
    fence,
    '',
    '</details>',
  ];
}
