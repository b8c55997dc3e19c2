import type { RunResult } from '../../harness/verdict/result.js';
import { groupBy } from '../group.js';
import { specName } from '../scoreboard.js';
import { count, duration } from '../text.js';
import { type Content, html, type Markup } from './markup.js';

/** What the run rests on: the choices that the server makes, what was asked for, what the preflight found, lateness. */
export function renderAbout(run: RunResult): Markup {
  return html`<section id="run" aria-labelledby="run-title"><h2 id="run-title">The run</h2>
${choices(run)}${facts(run)}${lateness(run)}</section>
`;
}

function choices(run: RunResult): Markup | undefined {
  const groups = [...groupBy(run.choices, ({ name }) => name)];
  if (groups.length === 0) return undefined;
  const rows = groups.map(([name, group]) => {
    const taken = groupBy(
      group.filter((choice) => choice.taken !== ''),
      (choice) => choice.taken,
    );
    const options = [...new Set(group.flatMap((choice) => choice.options))].filter(
      (option) => !taken.has(option),
    );
    const told = [...taken].map(([option, times]) =>
      taken.size === 1 ? option : `${option} (${times.length})`,
    );
    return html`<tr><th scope="row">${name}</th><td>${told.join(', ') || 'none'}</td><td class="quiet">${options.join(', ')}</td></tr>
`;
  });
  return html`<details class="more" id="choices"><summary><h3>Choices that the server made <small>${count(groups.length, 'choice')}</small></h3></summary>
<div class="wide"><table><thead><tr><th scope="col">where the documents leave a choice</th><th scope="col">this server</th><th scope="col">other options</th></tr></thead><tbody>${rows}</tbody></table></div></details>
`;
}

function facts({ tool, target, selection, startedAt, durationMs, knownFailures }: RunResult): Markup {
  const { spec, strict, only, skip, sections, jobs, timeoutMs, settleMs } = selection;
  const list = (items: readonly string[]) => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
  const rows: readonly (readonly [string, Content])[] = [
    ['Target', `${target.name}, domain ${target.domain}`],
    ['Preflight', list(target.findings)],
    ['Offers', target.features.join(', ') || 'nothing of interest'],
    ['Judged by', `${specName(spec)}${strict ? ', a broken SHOULD fails too' : ''}`],
    ...(only.length > 0 ? [['Only', only.join(', ')] as const] : []),
    ...(skip.length > 0 ? [['Left out', skip.join(', ')] as const] : []),
    ...(sections.length > 0 ? [['Sections', sections.join(', ')] as const] : []),
    [
      'Played',
      `${count(jobs, 'case')} at a time; a stanza is waited for ${timeoutMs} ms, silence settles ${settleMs} ms`,
    ],
    ...(knownFailures.file === '' ? [] : [['Known failures', knownFailures.file] as const]),
    ['Started', `${startedAt}, took ${duration(durationMs)}`],
    ['By', `${tool.name} ${tool.version}`],
  ];
  return html`<h3>What was played</h3><dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
`;
}

function lateness({ fence }: RunResult): Markup {
  const rows = Object.entries(fence.paths).map(
    ([path, { p50, p99, max, samples }]) =>
      html`<tr><th scope="row">${path}</th><td>${samples}</td><td>${p50.toFixed(1)}</td><td>${p99.toFixed(1)}</td><td>${max.toFixed(1)}</td></tr>`,
  );
  return html`<h3>Lateness behind the fence</h3>
<p class="hint">How many milliseconds after its fence an expected stanza still came. Where the worst exceeds half the settle time, silence proves nothing.</p>
<div class="wide"><table class="board"><thead><tr><th scope="col">path</th><th scope="col">stanzas</th><th scope="col">median</th><th scope="col">99 %</th><th scope="col">worst</th></tr></thead><tbody>${rows}</tbody></table></div>
`;
}
