import { groupBy } from '../group.js';
import { plain } from '../markdown.js';
import { specName } from '../scoreboard.js';
import type { Style } from '../style.js';
import { count, oneLine, wrap } from '../text.js';
import { CHANGE_KINDS, type Change, type ChangeKind, type History } from './history.js';

const MAX_CASES = 5;
const MAX_ROWS = 100;

const HEADINGS: Readonly<Record<ChangeKind, string>> = {
  'broke-must': 'Broke: a MUST that was kept',
  'broke-should': 'Broke: a SHOULD that was kept',
  'not-judged': 'Blocked or in error now',
  'other-failure': 'Fails in another way',
  mended: 'Mended',
  choice: 'Chooses otherwise',
  skipped: 'Skipped now',
  'now-judged': 'Judged now',
  new: 'New cases',
  gone: 'Gone cases',
};

/** Changes for a terminal, the gravest first; ends with the verdict. */
export function formatHistory(history: History, { colors, columns }: Style): string {
  const tints: Partial<Record<ChangeKind, (text: string) => string>> = {
    'broke-must': colors.red,
    'broke-should': history.strict ? colors.red : colors.yellow,
    'not-judged': colors.yellow,
    'other-failure': colors.yellow,
    mended: colors.green,
  };
  const lines = (text: string, margin = 0) =>
    wrap(oneLine(text), Math.max(30, columns - margin)).map((line) => ' '.repeat(margin) + line);
  const groups = groupBy(history.changes, ({ kind }) => kind);
  const told = CHANGE_KINDS.flatMap((kind) => {
    const changes = groups.get(kind) ?? [];
    if (changes.length === 0) return [];
    return [
      (tints[kind] ?? colors.bold)(`${HEADINGS[kind]} (${casesIn(changes)})`),
      ...changes.flatMap((change) => [
        ...lines(headOf(change), 2),
        ...lines(`${change.detail}`, 4).map((line) => colors.dim(line)),
      ]),
      '',
    ];
  });
  const tint =
    history.exitStatus === 0 ? colors.green : history.exitStatus === 1 ? colors.red : colors.yellow;
  return [
    ...history.remarks.flatMap((remark) => lines(remark)).map((line) => colors.yellow(line)),
    ...(history.remarks.length > 0 ? [''] : []),
    ...told,
    ...lines(verdictOf(history)).map((line) => tint(line)),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** Changes in GitHub's Markdown, for a pull request: the verdict, what broke, and the rest folded. */
export function historyToMarkdown(history: History): string {
  const groups = groupBy(history.changes, ({ kind }) => kind);
  const sections = CHANGE_KINDS.flatMap((kind) => {
    const changes = groups.get(kind) ?? [];
    if (changes.length === 0) return [];
    const title = `${HEADINGS[kind]} (${casesIn(changes)})`;
    const left = changes.length - MAX_ROWS;
    const rows = [
      ...changes
        .slice(0, MAX_ROWS)
        .map(
          (change) =>
            `- ${plain(headOf(change))}${change.detail === '' ? '' : `<br>${plain(change.detail)}`}`,
        ),
      ...(left > 0 ? [`- and ${left} more`] : []),
    ];
    const isOpen = kind === 'broke-must' || (kind === 'broke-should' && history.strict);
    return isOpen
      ? ['', `### ${title}`, '', ...rows]
      : ['', `<details><summary>${title}</summary>`, '', ...rows, '', '</details>'];
  });
  return [
    `## xmpp-conform: ${TITLES[history.exitStatus]}`,
    '',
    plain(verdictOf(history)),
    ...history.remarks.flatMap((remark) => ['', plain(remark)]),
    ...sections,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

const TITLES = ['nothing broke', 'something broke', 'no verdict'] as const;

function verdictOf(history: History): string {
  const { before, after, changes, cases, exitStatus, strict, spec } = history;
  const from = before === after ? '' : `From ${before} to ${after}: `;
  const number = (kind: ChangeKind) =>
    new Set(changes.filter((change) => change.kind === kind).map(({ clause }) => clause)).size;
  const must = count(number('broke-must'), 'MUST');
  const should = count(number('broke-should'), 'SHOULD');
  const broke = strict || exitStatus !== 1 ? `${must} and ${should}` : must;
  const told = {
    0: `no MUST${strict ? ' and no SHOULD' : ''} of ${specName(spec)} broke that was kept before${!strict && number('broke-should') > 0 ? `, but ${should} did` : ''}`,
    1: `${broke} of ${specName(spec)} broke that ${number('broke-must') + number('broke-should') === 1 ? 'was' : 'were'} kept before`,
    2: 'nothing broke, but cases could not be judged with which the old run had no trouble, so this is no clean bill',
  }[exitStatus];
  const mended = number('mended') > 0 ? `; ${count(number('mended'), 'clause')} mended` : '';
  const sentence = `${from}${told}${mended} (${count(cases, 'case')} compared, exit status ${exitStatus}).`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function casesIn(changes: readonly Change[]): string {
  const names = new Set(changes.flatMap(({ scenario, cases }) => cases.map((name) => `${scenario} ${name}`)));
  return count(names.size, 'case');
}

function headOf({ scenario, cases, clause, level, about }: Change): string {
  const left = cases.length - MAX_CASES;
  const names = [...cases.slice(0, MAX_CASES), ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
  const what = clause === '' ? about : `${level} ${clause}: ${about}`;
  return `${scenario} (${names})${what === '' ? '' : `: ${what}`}`;
}
