import type { CaseResult, CheckResult } from '../../harness/verdict/result.js';
import type { TranscriptEntry } from '../../harness/wire/transcript.js';
import { prettyXml } from '../../reports/xml.js';

/**
 * What the scenario's own parties sent and received, behind the way to its state and before it is read back.
 * @param until the check at fault, behind which nothing is of interest; undefined: to the end
 */
export function thePlay(item: CaseResult, until: CheckResult | undefined): TranscriptEntry[] {
  const start = item.transcript.findLastIndex((entry) => /\/setup-\d+$/.test(entry.party)) + 1;
  const last = until?.transcript.at(-1)?.at ?? Number.POSITIVE_INFINITY;
  return stanzas(
    item.transcript.slice(start).filter((entry) => entry.at <= last && !/\/reader-\d+$/.test(entry.party)),
  );
}

/**
 * The stanzas of the scenario, without fences and without what a log-in takes; and what a domain of the scenario's own was
 * told about its keys and its stream.
 */
export function stanzas(entries: readonly TranscriptEntry[]): TranscriptEntry[] {
  return entries.filter((entry) =>
    entry.kind === 'stanza'
      ? !/\bid=(['"])(?:bind|session|roster-\d+)\1/.test(entry.xml)
      : entry.direction === 'received' && !entry.party.includes('/') && isVerdict(entry.xml),
  );
}

/** An answer about a key of dialback, or a stream error. */
function isVerdict(xml: string): boolean {
  return /^<(?:stream:error|db:result\s[^>]*\btype=)/.test(xml);
}

/** An exchange as lines of Markdown, in which no two runs differ by the addresses that they drew. */
export function describeExchange(entries: readonly TranscriptEntry[]): string[] {
  const lines = stanzas(entries).flatMap((entry) => [
    `${entry.party} ${entry.direction === 'sent' ? 'sends' : 'receives'}${entry.unexpected === true ? ' (not expected)' : ''}:`,
    ...prettyXml(withoutRun(entry.xml))
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`),
    '',
  ]);
  return lines.length === 0 ? ['Nothing was sent or received.'] : lines.slice(0, -1);
}

function withoutRun(xml: string): string {
  return xml.replaceAll(/-[0-9a-f]{8}-\d+(?:@[^'"/<]+)?/g, '');
}
