import { expect } from 'chai';
import { lintFixtures } from './lint.js';
import { DOCUMENT_NAMES } from './requirements/documents.js';
import { scenarioFiles } from './scenario/load.js';
import { GIVEN, withFile, written } from './scenario/written.support.test.js';

/** The catalogues and the states, which every scenario is checked against. */
const SHARED = DOCUMENT_NAMES.length + 1;

describe('lintFixtures', () => {
  it('complains of one file alone when it is named', () => {
    const text = written('<title>A sample</title>', GIVEN, '<login resource="romeo/orchard"/>');
    const report = withFile(text, (file) => lintFixtures([file]));
    expect(report.files).to.equal(SHARED + 1);
    expect(report.complaints.map((complaint) => complaint.replace(/.*\//, ''))).to.deep.equal([
      'sample.xml:1: case "only" judges nothing',
    ]);
  });

  it('complains of a file that does not exist', () => {
    expect(lintFixtures(['/nowhere/a.xml']).complaints[0]).to.match(/a\.xml: can't be read: ENOENT/);
  });

  it('reads every fixture of the package and has no complaint', () => {
    const report = lintFixtures([]);
    expect(report.complaints).to.deep.equal([]);
    expect(report.files).to.equal(scenarioFiles().length + SHARED);
  });
});
