import { diffWordsWithSpace } from 'diff';
import type { Difference } from '../../harness/verdict/result.js';
import { counterpart, type DiffLine, diffStanzas } from '../diff.js';
import type { Finding, FindingClause } from '../findings.js';
import { clip } from '../text.js';
import { prettyXml } from '../xml.js';
import { html, type Markup } from './markup.js';
import { clauseAnchor } from './view.js';

/** Longer stanzas are compared by their beginnings; the exchange has them in full. */
const MAX_STANZA = 8000;

/** One expectation that was not met: clauses, why, where, and what was expected against what came. */
export function renderFinding(finding: Finding): Markup {
  return html`<section class="finding ${finding.outcome}">
<ul class="breaks">${finding.clauses.map(renderClause)}</ul>
${finding.reasons.map((reason) => html`<p class="why">${reason}</p>`)}
<p class="at">at ${finding.at}, ${finding.source}</p>
${renderDifferences(finding.differences)}${renderComparison(finding)}</section>
`;
}

function renderClause({ clause, level, summary, outcome }: FindingClause): Markup {
  return html`<li><span class="level ${outcome}">${level}</span> <a href="#${clauseAnchor(clause)}">${clause}</a> ${summary}</li>`;
}

function renderDifferences(differences: readonly Difference[]): Markup | undefined {
  if (differences.length === 0) return undefined;
  const rows = differences.map(
    ({ path, expected, received }) =>
      html`<tr><th scope="row">${path || 'the stanza'}</th><td><del>${expected || 'nothing'}</del></td><td><ins>${received || 'nothing'}</ins></td></tr>`,
  );
  return html`<div class="wide"><table class="differences"><thead><tr><th scope="col">where</th><th scope="col">expected</th><th scope="col">received</th></tr></thead><tbody>${rows}</tbody></table></div>
`;
}

function renderComparison(finding: Finding): Markup {
  const expected = clip(finding.expected, MAX_STANZA);
  const received = clip(finding.received, MAX_STANZA);
  const isForbidden = finding.kind === 'never';
  const diff = isForbidden ? undefined : diffStanzas(expected, received);
  if (diff) {
    return html`<figure><figcaption><del>− expected</del> <ins>+ received</ins></figcaption><pre class="diff">${diff.map(
      (line, index) => renderLine(line, counterpart(diff, index)),
    )}</pre></figure>`;
  }
  return html`${block(isForbidden ? 'must not come' : 'expected', 'del', expected)}${block(
    isForbidden ? 'came' : 'received',
    'ins',
    received || (isForbidden ? '' : 'nothing'),
  )}`;
}

function block(caption: string, tag: 'del' | 'ins', text: string): Markup | undefined {
  if (text === '') return undefined;
  const content = prettyXml(text);
  return html`<figure><figcaption>${caption}</figcaption><pre class="diff">${
    tag === 'del' ? html`<del>${content}</del>` : html`<ins>${content}</ins>`
  }</pre></figure>`;
}

function renderLine({ side, text }: DiffLine, other: string | undefined): Markup {
  if (side === 'both')
    return html`  ${text}
`;
  const content = other === undefined ? text : emphasise(text, other);
  return side === 'expected'
    ? html`<del>− ${content}</del>
`
    : html`<ins>+ ${content}</ins>
`;
}

/** Marks the words of `text` that `other` doesn't have. */
function emphasise(text: string, other: string): Markup[] {
  return diffWordsWithSpace(other, text)
    .filter((change) => !change.removed)
    .map((change) => (change.added ? html`<b>${change.value}</b>` : html`${change.value}`));
}
