import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFixtures } from '../../harness/fixtures.js';
import { packageRoot } from '../../harness/paths.js';
import { SUITES } from '../../suites/index.js';
import { interop } from '../../suites/interop.js';
import { clausePages } from './clauses.js';
import { languagePage } from './language.js';
import { GENERATED } from './markdown.js';
import { interopPage, scenarioPages } from './scenarios.js';

/** Every generated page as the fixtures have it now; by path below the package's folder. */
export function generatedPages(): Map<string, string> {
  const fixtures = loadFixtures();
  const schema = readFileSync(join(packageRoot(), 'fixtures', 'schema', 'scenario.xsd'), 'utf8');
  const pages = [
    ['scenario-language.md', languagePage(schema)] as const,
    ...scenarioPages(fixtures, SUITES),
    interopPage(loadFixtures([interop])),
    ...clausePages(fixtures),
  ];
  return new Map(pages.map(([path, text]) => [`docs/${path}`, text]));
}

/** Paths of the generated pages that are there, also of those that nothing makes any more. */
export function presentPages(): string[] {
  const names = readdirSync(join(packageRoot(), 'docs'), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .filter((path) => readFileSync(join(packageRoot(), path), 'utf8').startsWith(GENERATED))
    .sort();
}
