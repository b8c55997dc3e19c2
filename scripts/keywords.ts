import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from '../harness/paths.js';
import { compareClaims } from '../harness/requirements/claims.js';
import { loadCatalogue } from '../harness/requirements/load.js';
import type { Spec } from '../harness/verdict/result.js';

/*
 * Checks the clause catalogues against the text of the RFCs: `tsx scripts/keywords.ts [FOLDER]`, where FOLDER holds
 * rfc3921.txt and rfc6121.txt as the RFC Editor publishes them. Exits 1 when a keyword is unclaimed or a claim wrong.
 */
const folder = resolve(process.argv[2] ?? join(packageRoot(), '..', 'shared', 'spec'));
const catalogue = loadCatalogue();
const specs: readonly Spec[] = ['rfc3921', 'rfc6121'];
let sound = true;
for (const spec of specs) {
  const file = join(folder, `${spec}.txt`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    console.error(`${file} can't be read; name the folder that holds the texts of the RFCs.`);
    process.exit(2);
  }
  const sections = catalogue.sections.filter((section) => section.spec === spec);
  const report = compareClaims(spec, sections, text);
  for (const fault of report.faults) console.error(fault);
  console.log(
    `${spec}: ${report.clauses} clauses in ${report.sections} sections, ${report.completeSections} of them complete, ` +
      `where ${report.claimed} of ${report.keywords} keywords are claimed`,
  );
  sound &&= report.faults.length === 0;
}
process.exitCode = sound ? 0 : 1;
