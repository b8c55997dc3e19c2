import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFixture } from '../harness/fixture.js';
import { loadKnownFailures } from '../harness/known-failures.js';
import { packageRoot } from '../harness/paths.js';
import type { CaseResult, CheckResult, RunResult } from '../harness/verdict/result.js';
import { caseKey } from '../harness/verdict/summary.js';
import { describeExchange, stanzas, thePlay } from './evidence/exchange.js';
import { breachesOf, findWitness, type Witness } from './evidence/witness.js';

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
const known = loadKnownFailures(join(folder, `${name}.xml`)).filter((entry) => entry.kind === 'broken');
rmSync(join(folder, name), { recursive: true, force: true });
mkdirSync(join(folder, name), { recursive: true });

for (const clause of new Set(known.map((entry) => entry.clause))) {
  const keys = new Set(
    known.filter((entry) => entry.clause === clause).map((entry) => caseKey(entry.scenario, entry.case)),
  );
  const broken = target.cases
    .filter((item) => keys.has(caseKey(item.scenario, item.case)))
    .flatMap((item) => breachesOf(item, clause))
    .sort((a, b) => stanzas(a.check.transcript).length - stanzas(b.check.transcript).length)[0];
  if (broken === undefined) {
    process.stderr.write(`${clause}: ${failing} does not show it\n`);
    process.exitCode = 1;
    continue;
  }
  const witness = findWitness(broken.item, clause, witnesses);
  writeFileSync(
    join(folder, name, `${clause.replaceAll(/[^A-Za-z0-9.]+/g, '-')}.md`),
    describe(broken.item, broken.check, witness),
  );
}

function read(file: string): RunResult {
  return JSON.parse(readFileSync(file, 'utf8')) as RunResult;
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
    ...describeExchange(thePlay(item, check)),
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
      ...describeExchange(thePlay(witness.item, undefined)),
    );
  }
  return `${lines.join('\n')}\n`;
}
