import type { Fixtures } from '../../harness/fixtures.js';
import { expandScenario } from '../../harness/scenario/expand.js';
import { describePlay } from '../../harness/scenario/prose.js';
import { citedClauses, farEndClauses } from '../../harness/scenario/select.js';
import type { Scenario } from '../../harness/scenario/types.js';
import type { Suite } from '../../suites/suite.js';
import { code, GENERATED, page, prose, table } from './markdown.js';

/** The page that lists the areas, below docs. */
export const SCENARIO_INDEX = 'scenarios/README.md';

/** Path of the page of an area, below docs. */
export function scenarioPage(area: string): string {
  return `scenarios/${area}.md`;
}

/** Where a scenario stands on its page: the name within its area. */
export function scenarioAnchor(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}

/** The scenarios as pages, one for each area and one that lists them; by path below docs. */
export function scenarioPages(fixtures: Fixtures, suites: readonly Suite[]): Map<string, string> {
  const areas = suites.map((suite) => ({
    area: suite.area,
    scenarios: fixtures.scenarios.filter(({ id }) => suite.scenarios.includes(id)),
  }));
  const pages = areas.map(({ area, scenarios }): [string, string] => [
    scenarioPage(area),
    areaPage(area, scenarios, fixtures),
  ]);
  const rows = areas.map(({ area, scenarios }) => [
    `[${area}](${area}.md)`,
    String(scenarios.length),
    String(scenarios.reduce((sum, { rows }) => sum + rows.length, 0)),
  ]);
  const index = page([
    GENERATED,
    '',
    '# Scenarios',
    '',
    `${fixtures.scenarios.length} scenarios with ${fixtures.cases.length} cases, as prose with the clauses that each judges. The same text comes from`,
    '`xmpp-conform show SCENARIO`; what it is made from is XML below [fixtures/scenarios](../../fixtures/scenarios/).',
    '',
    ...table(['area', 'scenarios', 'cases'], rows),
  ]);
  return new Map([[SCENARIO_INDEX, index], ...pages]);
}

/** The scenarios that are played between two servers, as a page of their own that no ordinary run's list counts. */
export function interopPage(fixtures: Fixtures): [string, string] {
  return [scenarioPage('interop'), areaPage('interop', fixtures.scenarios, fixtures)];
}

function areaPage(area: string, scenarios: readonly Scenario[], fixtures: Fixtures): string {
  return page([
    GENERATED,
    '',
    `# Scenarios: ${area}`,
    '',
    ...scenarios.map(({ id, title }) => `- [${prose(title)}](#${scenarioAnchor(id)})`),
    ...scenarios.flatMap((scenario) => part(scenario, fixtures)),
  ]);
}

function part(scenario: Scenario, fixtures: Fixtures): string[] {
  const plays = expandScenario(scenario);
  const clauses = [
    ...new Set(plays.flatMap((play) => [...citedClauses(play), ...farEndClauses(play)])),
  ].sort();
  return [
    '',
    `<a id="${scenarioAnchor(scenario.id)}"></a>`,
    '',
    `## ${prose(scenario.title)}`,
    '',
    `[${code(scenario.id)}](../../${scenario.file})${needs(scenario)}`,
    '',
    prose(scenario.about),
    '',
    '```text',
    describePlay(scenario).trimEnd(),
    '```',
    '',
    ...clauses.map((id) => {
      const clause = fixtures.catalogue.get(id);
      const anchor = id.slice(id.indexOf(':') + 1);
      return `- [${id}](../clauses/${clause.document}.md#${anchor}) ${clause.level}: ${prose(clause.summary)}`;
    }),
  ];
}

function needs({ needs }: Scenario): string {
  return needs.length === 0 ? '' : `; needs ${needs.map(code).join(', ')}`;
}
