import { SUITES } from '../suites/index.js';
import type { Suite } from '../suites/suite.js';
import { FixtureError, gathering } from './fixture.js';
import { type Catalogue, loadCatalogue } from './requirements/load.js';
import { expandScenario } from './scenario/expand.js';
import { loadScenario } from './scenario/load.js';
import { loadStates, type SubscriptionState } from './scenario/states.js';
import type { PlayableCase, Scenario } from './scenario/types.js';

/** All that the specifications and scenarios say, loaded and checked. */
export interface Fixtures {
  readonly catalogue: Catalogue;
  readonly states: ReadonlyMap<string, SubscriptionState>;
  /** In the order of the suites. */
  readonly scenarios: readonly Scenario[];
  readonly cases: readonly PlayableCase[];
}

/**
 * A remote contact lives outside the target: on a component, or on a server that federates with it; at a domain of its own
 * only on such a server.
 */
function contactNeeds({ contacts, domains }: Scenario): string[] {
  return [...(contacts.length > 0 ? ['contacts'] : []), ...(domains.length > 0 ? ['s2s', 'domains'] : [])];
}

/**
 * Loads catalogues, states and the scenarios of suites.
 * @param suites all those of an ordinary run when absent
 * @throws FixtureError with every complaint found
 */
export function loadFixtures(suites: readonly Suite[] = SUITES): Fixtures {
  const complaints: string[] = [];
  const attempt = gathering(complaints);
  const catalogue = attempt(loadCatalogue);
  const states = attempt(loadStates);
  const scenarios = suites.flatMap((suite) =>
    suite.scenarios.flatMap((id) => {
      const scenario = attempt(() => loadScenario(id));
      return scenario === undefined
        ? []
        : [
            {
              ...scenario,
              needs: [...new Set([...suite.needs, ...contactNeeds(scenario), ...scenario.needs])],
            },
          ];
    }),
  );
  if (catalogue === undefined || states === undefined || complaints.length > 0) {
    throw new FixtureError(complaints);
  }
  return { catalogue, states, scenarios, cases: scenarios.flatMap(expandScenario) };
}
