import type { CaseResult, Spec } from '../harness/verdict/result.js';
import type { TranscriptEntry } from '../harness/wire/transcript.js';
import { formatExchange } from './exchange.js';
import { formatFinding } from './finding-text.js';
import { findings } from './findings.js';
import type { Style } from './style.js';
import { clip, oneLine, wrap } from './text.js';

const MAX_VIOLATIONS = 10;
const MAX_VIOLATION = 500;

/**
 * What went wrong in a case, as lines: every finding under the specification chosen with the exchange that led to
 * it, then what the protocol schemas reject. A case that could not be judged shows its reason and its exchange.
 */
export function explainCase(result: CaseResult, spec: Spec, style: Style): string[] {
  const { colors, columns } = style;
  const lines: string[] = [];
  if (result.reason !== '')
    lines.push(...wrap(oneLine(result.reason), columns).map((line) => colors.bold(line)));
  let shown: readonly TranscriptEntry[] = [];
  for (const finding of findings(result, spec)) {
    if (lines.length > 0) lines.push('');
    lines.push(...formatFinding(finding, style), ...exchangeUnlessShown(finding.transcript, shown, style));
    shown = finding.transcript;
  }
  if (shown.length === 0) lines.push(...exchangeUnlessShown(result.transcript, shown, style));
  lines.push(...formatViolations(result.schemaViolations, style));
  return lines;
}

function exchangeUnlessShown(
  entries: readonly TranscriptEntry[],
  shown: readonly TranscriptEntry[],
  style: Style,
): string[] {
  if (entries.length === 0) return [];
  const isShown = entries.length === shown.length && JSON.stringify(entries) === JSON.stringify(shown);
  if (isShown) return [style.colors.dim('exchange: as above')];
  return ['exchange:', ...formatExchange(entries, style)];
}

function formatViolations(violations: readonly string[], { colors, columns }: Style): string[] {
  if (violations.length === 0) return [];
  const shown = violations.slice(0, MAX_VIOLATIONS);
  const left = violations.length - shown.length;
  return [
    colors.yellow('note: the protocol schemas reject what the server sent (no verdict follows from it)'),
    ...shown.flatMap((violation) =>
      wrap(oneLine(clip(violation, MAX_VIOLATION)), columns - 4).map(
        (line, index) => `${index === 0 ? '  - ' : '    '}${line}`,
      ),
    ),
    ...(left > 0 ? [`  … ${left} more in results.json`] : []),
  ];
}
