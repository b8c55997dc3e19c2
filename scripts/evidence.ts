import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadKnownFailures } from '../harness/known-failures.js';
import { packageRoot } from '../harness/paths.js';
import type { CaseResult, CheckResult, RunResult } from '../harness/verdict/result.js';
import { caseKey } from '../harness/verdict/summary.js';
import type { TranscriptEntry } from '../harness/wire/transcript.js';
import { prettyXml } from '../reports/xml.js';

/**
 * Writes the evidence beside a file of known failures: for each clause that a target breaks, the shortest exchange that
 * shows it and, beside it, the same case on a server that keeps the clause.
 *
 *   evidence NAME RESULTS.json PASSING-RESULTS.json...
 *
 * NAME is that of fixtures/known-failures/NAME.xml; the folder NAME beside it is written anew.
 */
const [name, failing, ...passing] = process.argv.slice(2);
if (name === undefined || failing === undefined || passing.length === 0) {
  process.stderr.write('usage: evidence NAME RESULTS.json PASSING-RESULTS.json...\n');
  process.exit(2);
}

const folder = join(packageRoot(), 'fixtures', 'known-failures');
const target = read(failing);
const witnesses = passing.map(read);
const known = loadKnownFailures(join(folder, `${name}.xml`));
rmSync(join(folder, name), { recursive: true, force: true });
mkdirSync(join(folder, name), { recursive: true });

for (const clause of new Set(known.map((entry) => entry.clause))) {
  const keys = new Set(
    known.filter((entry) => entry.clause === clause).map((entry) => caseKey(entry.scenario, entry.case)),
  );
  const broken = target.cases
    .filter((item) => keys.has(caseKey(item.scenario, item.case)))
    .flatMap((item) =>
      item.checks.filter((check) => isBroken(check, clause)).map((check) => ({ item, check })),
    )
    .sort((a, b) => stanzas(a.check.transcript).length - stanzas(b.check.transcript).length)[0];
  if (broken === undefined) {
    process.stderr.write(`${clause}: ${failing} does not show it\n`);
    process.exitCode = 1;
    continue;
  }
  const witness = witnesses
    .map((run) => ({ run, item: run.cases.find((item) => keeps(item, broken.item, clause)) }))
    .find(({ item }) => item !== undefined);
  writeFileSync(
    join(folder, name, `${clause.replaceAll(/[^A-Za-z0-9.]+/g, '-')}.md`),
    describe(broken.item, broken.check, witness),
  );
}

function read(file: string): RunResult {
  return JSON.parse(readFileSync(file, 'utf8')) as RunResult;
}

function isBroken(check: CheckResult, clause: string): boolean {
  return check.clause === clause && (check.outcome === 'fail' || check.outcome === 'warn');
}

/** The same case, in which the clause is judged and kept. */
function keeps(item: CaseResult, like: CaseResult, clause: string): boolean {
  const checks = item.checks.filter((check) => check.clause === clause);
  return (
    item.scenario === like.scenario &&
    item.case === like.case &&
    checks.length > 0 &&
    checks.every((check) => check.outcome === 'pass')
  );
}

function describe(
  item: CaseResult,
  check: CheckResult,
  witness: { run: RunResult; item: CaseResult | undefined } | undefined,
): string {
  const length = check.transcript.length;
  const lines = [
    `# ${check.clause}`,
    '',
    `${check.level}: ${check.summary}`,
    '',
    `Case "${item.case}" of ${item.scenario} (${check.source}), judged at ${check.at}: ${check.reason}.`,
    '',
    `## ${target.target.name}: broken`,
    '',
    ...exchange(check.transcript),
  ];
  if (witness?.item === undefined) {
    lines.push('', 'No run given keeps the clause in this case.');
    process.stderr.write(`${check.clause}: no witness\n`);
    process.exitCode = 1;
  } else {
    lines.push(
      '',
      `## ${witness.run.target.name}: kept`,
      '',
      ...exchange(theExchange(witness.item, check, length)),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** In a passing case: from the first stanza that is sent in the exchange at fault. */
function theExchange(item: CaseResult, check: CheckResult, length: number): readonly TranscriptEntry[] {
  const first = stanzas(check.transcript).find((entry) => entry.direction === 'sent');
  const start = item.transcript.findIndex(
    (entry) =>
      first !== undefined &&
      entry.direction === 'sent' &&
      entry.party === first.party &&
      shape(entry.xml) === shape(first.xml),
  );
  return start === -1 ? stanzas(item.transcript) : item.transcript.slice(start, start + length + 20);
}

/** A stanza without the addresses of its run. */
function shape(xml: string): string {
  return xml.replaceAll(/-[0-9a-f]{8}-\d+@[^'"/<]+/g, '');
}

function stanzas(entries: readonly TranscriptEntry[]): TranscriptEntry[] {
  return entries.filter(
    (entry) => entry.kind === 'stanza' && !/\bid=(['"])(?:bind|session|roster-\d+)\1/.test(entry.xml),
  );
}

function exchange(entries: readonly TranscriptEntry[]): string[] {
  const lines = stanzas(entries).flatMap((entry) => [
    `${entry.party} ${entry.direction === 'sent' ? 'sends' : 'receives'}${entry.unexpected === true ? ' (not expected)' : ''}:`,
    ...prettyXml(shape(entry.xml))
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`),
    '',
  ]);
  return lines.length === 0 ? ['Nothing was sent or received.'] : lines.slice(0, -1);
}
