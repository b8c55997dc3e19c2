import { relative, resolve, sep } from 'node:path';
import { SUITES } from '../suites/index.js';
import { interop } from '../suites/interop.js';
import { gathering } from './fixture.js';
import { ProtocolSchemas } from './match/protocol.js';
import { DOCUMENT_NAMES } from './requirements/documents.js';
import { loadCatalogue } from './requirements/load.js';
import { lintScenario } from './scenario/lint.js';
import { readScenario, scenarioFiles, scenarioFolder } from './scenario/load.js';
import { loadStates } from './scenario/states.js';
import { NS } from './wire/element.js';

/** What every scenario is checked against: the catalogues and the states. */
const SHARED_FILES = DOCUMENT_NAMES.length + 1;

/** What lint found. */
export interface LintReport {
  /** How many files were read. */
  readonly files: number;
  readonly complaints: readonly string[];
}

/**
 * Checks fixtures: against their schemas, against each other, and stanzas against the protocol schemas.
 * @param files scenario files; none: everything
 */
export function lintFixtures(files: readonly string[]): LintReport {
  const complaints: string[] = [];
  const attempt = gathering(complaints);
  const catalogue = attempt(loadCatalogue);
  const states = attempt(loadStates);
  if (catalogue === undefined || states === undefined) return { files: SHARED_FILES, complaints };

  using schemas = ProtocolSchemas.compile();
  const form = (xml: string) => schemas.violations(xml, NS.client);
  const paths = files.length === 0 ? scenarioFiles() : files.map((file) => resolve(file));
  for (const path of paths) {
    const scenario = attempt(() => readScenario(path));
    if (scenario !== undefined) complaints.push(...lintScenario(scenario, { catalogue, states, form }));
  }
  if (files.length === 0) complaints.push(...lintSuites(paths));
  return { files: paths.length + SHARED_FILES, complaints };
}

/** Each scenario stands in one suite, each suite's scenarios exist: a forgotten one would look like a pass. */
function lintSuites(paths: readonly string[]): string[] {
  const existing = new Set(
    paths.map((path) =>
      relative(scenarioFolder(), path)
        .split(sep)
        .join('/')
        .replace(/\.xml$/, ''),
    ),
  );
  const listed = [...SUITES, interop].flatMap((suite) =>
    suite.scenarios.map((id) => ({ id, file: `suites/${suite.area}.ts` })),
  );
  return [
    ...listed
      .filter(({ id }) => !existing.has(id))
      .map(({ id, file }) => `${file}: there is no scenario ${id}`),
    ...[...existing]
      .filter((id) => !listed.some((entry) => entry.id === id))
      .map((id) => `fixtures/scenarios/${id}.xml: stands in no suite, so it is never played`),
    ...listed
      .filter(({ id }, index) => listed.findIndex((entry) => entry.id === id) !== index)
      .map(({ id, file }) => `${file}: lists ${id} twice`),
  ];
}
