import type { TranscriptEntry } from '../../harness/wire/transcript.js';
import type { Finding } from '../findings.js';
import { groupBy } from '../group.js';
import { count } from '../text.js';
import { labelOf, shortJid } from './label.js';

/** The server's column. */
export const SERVER = 'server';

/** An arrow between a party and the server. */
export interface Message {
  readonly kind: 'message';
  readonly at: number;
  readonly party: string;
  readonly direction: 'sent' | 'received';
  readonly label: string;
  /** `from juliet`, `to romeo/hall`; empty where the stanza names nobody. */
  readonly address: string;
  readonly xml: string;
  /** What is wrong with it, in a few words; empty where nothing is. */
  readonly mark: string;
  /** A finding is about it, or it came without being expected. */
  readonly weight: 'plain' | 'unexpected' | 'wrong';
}

/** A stanza that should have come. */
export interface Missing {
  readonly kind: 'missing';
  readonly party: string;
  readonly label: string;
}

/** A remark of the harness. */
export interface Note {
  readonly kind: 'note';
  readonly at: number;
  readonly text: string;
}

/** Entries that show how the exchange was made ready or proved complete: fences, negotiation, throw-away resources. */
export interface Fold {
  readonly kind: 'fold';
  readonly label: string;
  readonly entries: readonly TranscriptEntry[];
}

/** Where a judged exchange begins or ends. */
export interface Mark {
  readonly kind: 'judged';
  readonly text: string;
}

/** A row of the diagram. */
export type Row = Message | Missing | Note | Fold | Mark;

/** A sequence diagram: columns from left to right, and rows in the order of time. */
export interface Diagram {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** Resources that the harness logs in for a moment, to reach a state or to read it back (play/subscription.ts). */
const THROW_AWAY = /\/(setup|reader)-\d+$/;

/**
 * Lays out an exchange: users' resources to the left of the server, contacts to its right; pure.
 * @param findings that the exchange led to; where they were judged is marked, and what they lack or object to
 * @param showAll leaves the preparation of states unfolded, for a case that got no further
 */
export function layOutDiagram(
  entries: readonly TranscriptEntry[],
  findings: readonly Finding[],
  showAll: boolean,
): Diagram {
  const judged = findings.map((finding) => spanOf(finding, entries));
  const isJudged = (index: number) => judged.some((span) => span && index >= span.from && index < span.to);
  const owners = new Set(entries.map(({ party }) => party.split('/')[0] ?? party));
  const rows: Row[] = [];
  let folded: TranscriptEntry[] = [];
  const unfold = () => {
    if (folded.length > 0) rows.push({ kind: 'fold', label: foldLabel(folded), entries: folded });
    folded = [];
  };
  for (const [index, entry] of entries.entries()) {
    const starting = findings.filter((_, at) => judged[at]?.from === index);
    if (starting.length > 0) {
      unfold();
      pushMark(rows, 'The exchange that is judged begins');
    }
    const isThrowAway = THROW_AWAY.test(entry.party) && !showAll && !isJudged(index);
    if (isThrowAway || isBackground(entry, index, entries)) folded.push(entry);
    else {
      unfold();
      rows.push(rowOf(entry, isJudged(index) ? findings : [], owners));
    }
    const ending = findings.filter((_, at) => judged[at]?.to === index + 1);
    if (ending.length > 0) {
      unfold();
      rows.push(...missingOf(ending));
      pushMark(rows, 'Judged here');
    }
  }
  unfold();
  return { columns: columnsOf(rows, entries), rows };
}

/** Fences and the negotiation of streams, with the remarks that belong to it. */
function isBackground(entry: TranscriptEntry, index: number, entries: readonly TranscriptEntry[]): boolean {
  if (entry.kind !== 'note') return entry.kind === 'fence' || entry.kind === 'stream';
  const isStream = (near: TranscriptEntry | undefined) =>
    near?.kind === 'stream' && near.party === entry.party;
  return isStream(entries[index - 1]) || isStream(entries[index + 1]);
}

function pushMark(rows: Row[], text: string): void {
  const last = rows.at(-1);
  if (last?.kind !== 'judged' || last.text !== text) rows.push({ kind: 'judged', text });
}

/** Where the exchange of a finding lies within that of its case. */
function spanOf(
  { transcript }: Finding,
  entries: readonly TranscriptEntry[],
): { from: number; to: number } | undefined {
  const [first] = transcript;
  if (first === undefined) return undefined;
  const from = entries.findIndex(
    ({ at, party, xml }) => at === first.at && party === first.party && xml === first.xml,
  );
  return from < 0 ? undefined : { from, to: Math.min(from + transcript.length, entries.length) };
}

function rowOf(entry: TranscriptEntry, findings: readonly Finding[], owners: ReadonlySet<string>): Row {
  const { at, party, direction, xml } = entry;
  if (direction === 'none') return { kind: 'note', at, text: `${party}: ${xml}` };
  const { text, from, to } = labelOf(xml);
  const address = direction === 'sent' ? to : from;
  const wrong = findings.find((finding) => isAbout(finding, entry));
  const mark = wrong ? objectionTo(wrong) : entry.unexpected ? 'unexpected' : '';
  return {
    kind: 'message',
    at,
    party,
    direction,
    label: entry.kind === 'bytes' ? `bytes: ${text}` : text,
    address:
      address === undefined ? '' : `${direction === 'sent' ? 'to' : 'from'} ${shortJid(address, owners)}`,
    xml,
    mark,
    weight: wrong ? 'wrong' : entry.unexpected ? 'unexpected' : 'plain',
  };
}

function isAbout(finding: Finding, { party, direction, xml, kind }: TranscriptEntry): boolean {
  if (direction !== 'received' || kind === 'fence' || xml === '') return false;
  return finding.at.split(' ').includes(party) && finding.received.includes(xml);
}

function objectionTo({ kind }: Finding): string {
  if (kind === 'never') return 'must not come';
  if (kind === 'order') return 'out of order';
  return kind === 'expect' ? 'differs from what must come' : 'not as it must be';
}

/** What should have come by the end of an exchange, once for each party. */
function missingOf(findings: readonly Finding[]): Missing[] {
  return findings.flatMap(({ kind, at, expected, received }): Missing[] =>
    kind === 'expect' && received === ''
      ? [{ kind: 'missing', party: at, label: `missing: ${labelOf(expected).text}` }]
      : [],
  );
}

/** Resources of users, the server, contacts (the component's, whose names have no resource). */
function columnsOf(rows: readonly Row[], entries: readonly TranscriptEntry[]): string[] {
  const shown = new Set(
    rows.flatMap((row) => (row.kind === 'message' || row.kind === 'missing' ? [row.party] : [])),
  );
  const inOrder = [...new Set(entries.map(({ party }) => party))].filter((party) => shown.delete(party));
  const parties = [...inOrder, ...shown];
  const isContact = (party: string) => !party.includes('/') && party !== 'harness';
  return [...parties.filter((party) => !isContact(party)), SERVER, ...parties.filter(isContact)];
}

function foldLabel(entries: readonly TranscriptEntry[]): string {
  const groups = groupBy(entries, ({ kind, party }) =>
    kind === 'fence' ? 'fence' : THROW_AWAY.test(party) ? party : `stream of ${party}`,
  );
  return [...groups]
    .map(([name, group]) =>
      name === 'fence'
        ? `fence: ${count(markersIn(group), 'marker')}`
        : `${name}: ${count(group.length, 'entry', 'entries')}`,
    )
    .join(', ');
}

/** Where a case passed, an entry stands for all markers of a fence and says how many. */
function markersIn(entries: readonly TranscriptEntry[]): number {
  return entries.reduce(
    (sum, { direction, xml }) => sum + (direction === 'none' ? Number.parseInt(xml, 10) || 1 : 1),
    0,
  );
}
