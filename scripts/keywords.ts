import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from '../harness/paths.js';
import { compareClaims } from '../harness/requirements/claims.js';
import { DOCUMENT_NAMES } from '../harness/requirements/documents.js';
import { loadCatalogue } from '../harness/requirements/load.js';

/*
 * Checks the clause catalogues against the text of the documents: `tsx scripts/keywords.ts [FOLDER]`, where FOLDER holds
 * the RFCs (rfc3921.txt and so on) as the RFC Editor publishes them, and the sources of the XEPs (xep-0016.xml). Exits 1 when a keyword is unclaimed or a claim wrong.
 */
const folder = resolve(process.argv[2] ?? join(packageRoot(), '..', 'shared', 'spec'));
const catalogue = loadCatalogue();
let sound = true;
for (const document of DOCUMENT_NAMES) {
  const name = document.startsWith('xep') ? `${document.replace('xep', 'xep-')}.xml` : `${document}.txt`;
  const file = join(folder, name);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    console.error(`${file} can't be read; name the folder that holds the texts of the RFCs and XEPs.`);
    process.exit(2);
  }
  const sections = catalogue.sections.filter((section) => section.document === document);
  const report = compareClaims(document, sections, text);
  for (const fault of report.faults) console.error(fault);
  console.log(
    `${document}: ${report.clauses} clauses in ${report.sections} sections, ${report.completeSections} of them complete, ` +
      `where ${report.claimed} of ${report.keywords} keywords are claimed`,
  );
  sound &&= report.faults.length === 0;
}
process.exitCode = sound ? 0 : 1;
