import { formatExchange } from '../exchange.js';
import { specName } from '../scoreboard.js';
import type { Style } from '../style.js';
import { count, oneLine, wrap } from '../text.js';
import {
  cellText,
  type Expectation,
  type InteropMatrix,
  interruptions,
  type Sighting,
  serverText,
  shownText,
  sightingLines,
  tintOf,
} from './matrix.js';

/** The matrix for a terminal: every ordered pair, who departs from what, what the two don't manage together. */
export function formatInterop(matrix: InteropMatrix, style: Style): string {
  const { colors } = style;
  const { departures, gaps, unattributed, notJudged } = matrix;
  const line = (text: string, margin: number) =>
    wrap(oneLine(text), Math.max(30, style.columns - margin)).map((part) => ' '.repeat(margin) + part);
  const seen = (sightings: readonly Sighting[]) => sightingLines(sightings).flatMap((text) => line(text, 4));
  const block = (title: string, entries: readonly (readonly string[])[]) =>
    entries.length === 0 ? [] : ['', colors.bold(title), ...entries.flatMap((entry) => ['', ...entry])];
  return [
    colors.bold(`Between servers, judged by ${specName(matrix.spec)}`),
    ...matrix.servers.flatMap((server) => line(serverText(server), 2)),
    '',
    colors.bold('The user on the first, the contact on the second'),
    ...matrix.cells.flatMap((cell) => {
      const text = line(`${cell.target} to ${cell.peer}: ${cellText(cell)}`, 2);
      return tintOf(cell) === 'agree' ? text : text.map((part) => colors.yellow(part));
    }),
    ...interruptions(matrix).flatMap((text) => line(text, 2).map((part) => colors.red(part))),
    ...block(
      count(departures.length, 'departure'),
      departures.map(({ server, clauses, expectation, sightings }) => [
        ...line(`${server}: ${expectation.title}`, 2).map((part) => colors.red(part)),
        ...clauses.flatMap((broken) =>
          line(`${broken.level} ${broken.clause}: ${broken.summary} ${shownText(broken)}`, 4),
        ),
        ...told(expectation, style),
        ...seen(sightings),
      ]),
    ),
    ...block(
      count(gaps.length, 'gap'),
      gaps.map(({ says, by, choice, sightings }) => [
        ...line(by === '' ? says : `${by} may, but ${says}`, 2).map((part) => colors.yellow(part)),
        ...(choice === '' ? [] : line(choice, 4)),
        ...seen(sightings),
      ]),
    ),
    ...block(
      count(unattributed.length, 'difference not attributed', 'differences not attributed'),
      unattributed.map(({ says, clauses, expectation, sightings }) => [
        ...line(`${expectation.title}: ${says}`, 2).map((part) => colors.yellow(part)),
        ...clauses.flatMap((clause) => line(clause, 4)),
        ...told(expectation, style),
        ...seen(sightings),
      ]),
    ),
    ...block(
      `${count(notJudged.length, 'case')} not judged`,
      notJudged.map(({ outcome, reason, ...sighting }) => [
        ...seen([sighting]).map((part) => colors.yellow(part)),
        ...line(`${outcome}: ${reason}`, 4),
      ]),
    ),
  ]
    .map((text) => `${text}\n`)
    .join('');
}

function told({ at, reason, exchange, source }: Expectation, style: Style): string[] {
  const narrow = { ...style, columns: Math.max(60, style.columns - 6) };
  return [
    ...wrap(oneLine(`at ${at}, ${source}: ${reason}`), narrow.columns).map((part) => `    ${part}`),
    ...formatExchange(exchange, narrow).map((part) => `      ${part}`),
  ];
}
