import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FixtureError } from '../fixture.js';
import { readScenario } from './load.js';
import type { Scenario } from './types.js';

/** The file name under which a test writes its scenario. */
export const FILE = 'sample.xml';

/** Calls back with the path of a file that holds the text and is gone afterwards. */
export function withFile<T>(text: string, use: (file: string) => T, name = FILE): T {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-fixture-'));
  const file = join(folder, name);
  try {
    writeFileSync(file, text);
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A scenario of these lines, from line 2 on; line 1 opens it. */
export function written(...lines: string[]): string {
  return [
    `<scenario xmlns="urn:xmpp-conform:scenario:1" id="area/sample">`,
    ...lines,
    `</scenario>`,
    '',
  ].join('\n');
}

/** One user with one interested and available resource, and a contact; on one line. */
export const GIVEN =
  '<given><user name="romeo"><resource name="orchard" roster="requested" presence="available"/></user>' +
  '<contact name="juliet" placement="remote"/></given>';

/** Reads a scenario of these lines. */
export function scenarioOf(...lines: string[]): Scenario {
  return withFile(written(...lines), (file) => ({ ...readScenario(file), file: FILE }));
}

/** The complaints about a scenario of these lines, without the folder. */
export function complaintsOf(...lines: string[]): string[] {
  return withFile(written(...lines), (file) => complaintsAbout(() => readScenario(file)));
}

/** The complaints that loading something brings forth, without the folder. */
export function complaintsAbout(load: () => unknown): string[] {
  try {
    load();
  } catch (error) {
    if (!(error instanceof FixtureError)) throw error;
    return error.complaints.map((complaint) => complaint.replace(/^\S*\//, ''));
  }
  return [];
}
