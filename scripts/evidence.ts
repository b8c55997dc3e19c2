import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFixture } from '../harness/fixture.js';
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
const server = readFixture(join(folder, `${name}.xml`), 'known-failures').getAttribute('target') ?? name;
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
  const witness = findWitness(broken.item, clause);
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

interface Witness {
  readonly run: RunResult;
  readonly item: CaseResult;
}

/** The case in which the clause is judged and kept that is most like this one. */
function findWitness(like: CaseResult, clause: string): Witness | undefined {
  const likeness = ({ item }: Witness) =>
    (item.scenario === like.scenario ? 2 : 0) + (item.case === like.case ? 1 : 0);
  return witnesses
    .flatMap((run) => run.cases.map((item) => ({ run, item })))
    .filter(({ item }) => keeps(item, clause))
    .sort((a, b) => likeness(b) - likeness(a))[0];
}

/** Kept, or excused because a clause that contradicts it was kept. */
function keeps(item: CaseResult, clause: string): boolean {
  const checks = item.checks.filter((check) => check.clause === clause);
  return (
    checks.length > 0 && checks.every((check) => check.outcome === 'pass' || check.outcome === 'excused')
  );
}

function describe(item: CaseResult, check: CheckResult, witness: Witness | undefined): string {
  const lines = [
    `# ${check.clause}`,
    '',
    `${check.level}: ${check.summary}`,
    '',
    `Case "${item.case}" of ${item.scenario} (${check.source}), judged at ${check.at}: ${check.reason}.`,
    '',
    `## ${server}: broken`,
    '',
    ...exchange(thePlay(item, check)),
  ];
  if (witness === undefined) {
    lines.push('', 'No run given keeps the clause in this case.');
    process.stderr.write(`${check.clause}: no witness\n`);
    process.exitCode = 1;
  } else {
    const where =
      witness.item.scenario === item.scenario && witness.item.case === item.case
        ? ''
        : `, in case "${witness.item.case}" of ${witness.item.scenario}`;
    lines.push(
      '',
      `## ${witness.run.target.name}: kept${where}`,
      '',
      ...exchange(thePlay(witness.item, undefined)),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** What the scenario's own parties sent and received: behind the way to its state, up to the check at fault. */
function thePlay(item: CaseResult, until: CheckResult | undefined): TranscriptEntry[] {
  const start = item.transcript.findLastIndex((entry) => /\/setup-\d+$/.test(entry.party)) + 1;
  const last = until?.transcript.at(-1)?.at ?? Number.POSITIVE_INFINITY;
  return stanzas(
    item.transcript.slice(start).filter((entry) => entry.at <= last && !/\/reader-\d+$/.test(entry.party)),
  );
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
