import type { TranscriptEntry } from '../harness/wire/transcript.js';
import type { Style } from './style.js';
import { clip, count, oneLine, printable, wrap } from './text.js';

const MAX_ENTRIES = 60;
const MAX_XML = 1500;
const MAX_PARTY = 28;

/**
 * The exchange as lines: milliseconds since the case began, the party, an arrow (`→` sent to the server, `←`
 * received from it), the XML. Markers of the fence are folded into one line; only the end of a long exchange shows.
 */
export function formatExchange(entries: readonly TranscriptEntry[], style: Style): string[] {
  const { colors } = style;
  const kept = entries.slice(-MAX_ENTRIES);
  const partyWidth = Math.max(0, ...kept.map((entry) => partyName(entry).length));
  const lines: string[] = [];
  const left = entries.length - kept.length;
  if (left > 0)
    lines.push(colors.dim(`… ${count(left, 'earlier entry', 'earlier entries')}, in results.json`));
  let index = 0;
  while (index < kept.length) {
    const entry = kept[index];
    if (!entry) break;
    let next = index + 1;
    if (entry.kind === 'fence') {
      while (kept[next]?.kind === 'fence') next += 1;
      lines.push(colors.dim(`${time(entry.at)}  (fence: ${count(next - index, 'marker')})`));
    } else {
      lines.push(...formatEntry(entry, partyWidth, style));
    }
    index = next;
  }
  return lines;
}

function formatEntry(entry: TranscriptEntry, partyWidth: number, { colors, columns }: Style): string[] {
  const arrow = { sent: '→', received: '←', none: '·' }[entry.direction];
  const head = `${time(entry.at)}  ${partyName(entry).padEnd(partyWidth)} ${arrow} `;
  const [first = '', ...rest] = wrap(
    printable(clip(entry.xml, MAX_XML)).replaceAll('\n', ' '),
    Math.max(30, columns - head.length),
  );
  const tint = entry.kind === 'stanza' || entry.kind === 'bytes' ? String : colors.dim;
  const arrowTint = entry.direction === 'sent' ? colors.cyan : colors.magenta;
  const lines = [
    `${colors.dim(head.slice(0, -2))}${arrowTint(arrow)} ${tint(first)}`,
    ...rest.map((line) => ' '.repeat(head.length) + tint(line)),
  ];
  if (entry.unexpected) lines.push(' '.repeat(head.length) + colors.yellow('▲ unexpected'));
  return lines;
}

function partyName({ party }: TranscriptEntry): string {
  return wrap(oneLine(party), MAX_PARTY)[0] ?? '';
}

function time(ms: number): string {
  return `${ms.toFixed(1).padStart(8)} ms`;
}
