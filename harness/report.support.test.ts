import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XmlDocument } from 'libxml2-wasm';
import { validateJson } from '../reports/json-schema.js';
import { packageRoot } from './paths.js';
import type { RunResult } from './verdict/result.js';

/** The three reports of a run as text. */
export interface ReportTexts {
  readonly json: string;
  readonly junit: string;
  readonly tap: string;
}

/** The reports in a directory. */
export function readReports(directory: string): ReportTexts {
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  return { json: read('results.json'), junit: read('junit.xml'), tap: read('results.tap') };
}

/** What is wrong with reports: against the schema of results, well-formedness, and against each other. */
export function faultsIn(reports: ReportTexts): string[] {
  const schema: unknown = JSON.parse(
    readFileSync(join(packageRoot(), 'reports', 'result.schema.json'), 'utf8'),
  );
  const result = JSON.parse(reports.json) as RunResult;
  using junit = XmlDocument.fromString(reports.junit);
  const testCases = junit.find('//testcase').length;
  const points = reports.tap.match(/^(not )?ok /gm)?.length ?? 0;
  const faults = validateJson(result, schema);
  if (testCases < result.cases.length)
    faults.push(`junit.xml has ${testCases} cases of ${result.cases.length}`);
  if (points < result.cases.length) faults.push(`results.tap has ${points} points of ${result.cases.length}`);
  return faults;
}
