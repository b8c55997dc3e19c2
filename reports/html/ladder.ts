import type { TranscriptEntry } from '../../harness/wire/transcript.js';
import { prettyXml } from '../xml.js';
import { type Diagram, type Fold, type Message, type Missing, type Row, SERVER } from './diagram.js';
import { html, type Markup } from './markup.js';

/** Pixels; the stylesheet gives the rows this height. */
const COLUMN = 148;
const ROW = 30;
const LINE = 22;
const HEAD = 6;

/** A diagram as HTML: rows that open, each with its arrow as SVG. */
export function renderDiagram({ columns, rows }: Diagram): Markup {
  const width = columns.length * COLUMN;
  const lifelines = columns.map((_, index) => `M${middle(index)} 0V9999`).join('');
  return html`<div class="ladder" tabindex="0" role="group" aria-label="Exchange">
<div class="heads"><span class="t">ms</span>${columns.map(
    (name) => html`<b class="${name === SERVER ? 'server' : 'party'}">${name}</b>`,
  )}</div>
<div class="rows"><svg class="life" width="${width}" aria-hidden="true"><path d="${lifelines}"/></svg>
${rows.map((row) => renderRow(row, columns, width))}</div></div>`;
}

function renderRow(row: Row, columns: readonly string[], width: number): Markup {
  switch (row.kind) {
    case 'message':
      return renderMessage(row, columns, width);
    case 'missing':
      return renderMissing(row, columns, width);
    case 'note':
      return html`<p class="note"><span class="t">${time(row.at)}</span>${row.text}</p>
`;
    case 'fold':
      return renderFold(row);
    case 'judged':
      return html`<p class="judged"><span>${row.text}</span></p>
`;
  }
}

function renderMessage(row: Message, columns: readonly string[], width: number): Markup {
  const way = row.direction === 'sent' ? 'sends' : 'receives';
  const mark = row.mark === '' ? undefined : html` <em>${row.mark}</em>`;
  return html`<details class="m ${row.weight}"><summary><span class="t">${time(row.at)}</span><span class="vh">${row.party} ${way}: </span>${arrow(row, row.label, columns, width)}<span class="a">${row.address}${mark}</span></summary><pre>${prettyXml(row.xml)}</pre></details>
`;
}

function renderMissing(row: Missing, columns: readonly string[], width: number): Markup {
  return html`<p class="m missing"><span class="t"></span><span class="vh">${row.party} should have received: </span>${arrow({ party: row.party, direction: 'received' }, row.label, columns, width)}<span class="a"><em>did not come</em></span></p>
`;
}

function renderFold({ label, entries }: Fold): Markup {
  const start = entries[0]?.at ?? 0;
  return html`<details class="fold"><summary><span class="t">${time(start)}</span>${label}</summary><ol>${entries.map(
    (
      entry,
    ) => html`<li><span class="t">${time(entry.at)}</span>${entry.party} ${sign(entry)} <code>${entry.xml}</code></li>
`,
  )}</ol></details>
`;
}

/** The label stands at the party's end, where it can't hide behind another column's arrow. */
function arrow(
  { party, direction }: Pick<Message, 'party' | 'direction'>,
  label: string,
  columns: readonly string[],
  width: number,
): Markup {
  const own = columns.indexOf(party);
  const server = columns.indexOf(SERVER);
  const [from, to] = direction === 'sent' ? [middle(own), middle(server)] : [middle(server), middle(own)];
  const back = from < to ? -HEAD : HEAD;
  const line = `M${from} ${LINE}H${to}m${back} -4l${-back} 4l${back} 4`;
  const isLeft = own < server;
  const x = middle(own) + (isLeft ? 8 : -8);
  return html`<svg width="${width}" height="${ROW}"><path d="${line}"/><text x="${x}" y="${LINE - 7}"${isLeft ? '' : html` text-anchor="end"`}>${label}</text></svg>`;
}

function middle(column: number): number {
  return column * COLUMN + COLUMN / 2;
}

function sign({ direction }: TranscriptEntry): string {
  return { sent: '→', received: '←', none: '·' }[direction];
}

function time(ms: number): string {
  return ms.toFixed(1);
}
