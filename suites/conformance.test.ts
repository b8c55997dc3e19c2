import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { resolveConfig } from '../harness/config.js';
import { loadFixtures } from '../harness/fixtures.js';
import { packageRoot } from '../harness/paths.js';
import { run } from '../harness/run.js';
import { citedClauses } from '../harness/scenario/select.js';
import type { PlayableCase } from '../harness/scenario/types.js';
import { MISSING_FEATURE } from '../harness/target.js';
import type { CaseResult, RunResult, Spec } from '../harness/verdict/result.js';
import { caseKey, clauseOutcomes, SPECS } from '../harness/verdict/summary.js';
import { formatFailure } from '../reports/console.js';
import { toJson } from '../reports/json.js';
import { validateJson } from '../reports/json-schema.js';
import { PLAIN } from '../reports/style.js';
import { SUITES } from './index.js';

/** Longest wait for the one run that all tests of a specification look at. */
const RUN_MS = 300_000;

const fixtures = loadFixtures();

/** One run of the embedded server; each case settles when it has been played. */
class EmbeddedRun {
  readonly #settled = new Map<string, CaseResult>();
  readonly #waiting = new Map<string, () => void>();
  readonly result: Promise<RunResult>;

  constructor(spec: Spec) {
    const progress = { caseEnded: (result: CaseResult) => this.#settle(result) };
    this.result = run(resolveConfig({ spec, jobs: 16 }, {}, {}), { progress }).finally(() => {
      for (const wake of this.#waiting.values()) wake();
    });
    // Told by the test that asks for it.
    this.result.catch(() => undefined);
  }

  /** The result of one case; the reason why there is none when the run ended without. */
  async caseResult(key: string): Promise<CaseResult> {
    if (!this.#settled.has(key)) {
      const woken = new Promise<void>((resolve) => this.#waiting.set(key, resolve));
      await Promise.race([woken, this.result]);
    }
    const settled = this.#settled.get(key);
    if (settled !== undefined) return settled;
    const { interrupted } = await this.result;
    throw new Error(`The case was not played: ${interrupted || 'it is not part of the run'}`);
  }

  #settle(result: CaseResult): void {
    const key = caseKey(result.scenario, result.case);
    this.#settled.set(key, result);
    this.#waiting.get(key)?.();
  }
}

/** Why a case need not pass: the embedded server of this specification does not offer what it needs. */
function isRightlySkipped(result: CaseResult): boolean {
  const isMissing = [...Object.values(MISSING_FEATURE), 'the target does not offer '].some((reason) =>
    result.reason.startsWith(reason),
  );
  return result.outcome === 'skipped' && (isMissing || result.reason.startsWith('no clause of '));
}

/** The clauses that a case judges whatever the server does: not only in something that may come. */
function firmlyCited(play: PlayableCase): string[] {
  const exchanges = play.exchanges.map(({ actions, checks }) => ({
    actions,
    checks: checks.filter((check) => check.kind !== 'expect' || check.proves.length > 0),
  }));
  return citedClauses({ ...play, exchanges });
}

for (const spec of SPECS) {
  const other: Spec = spec === 'rfc3921' ? 'rfc6121' : 'rfc3921';

  describe(`the embedded server, judged by ${spec}`, function () {
    this.timeout(RUN_MS);
    let embedded: EmbeddedRun;
    before(() => {
      embedded = new EmbeddedRun(spec);
    });

    for (const suite of SUITES) {
      describe(suite.area, () => {
        for (const scenario of fixtures.scenarios.filter(({ id }) => suite.scenarios.includes(id))) {
          describe(`${scenario.id}: ${scenario.title}`, () => {
            for (const { name } of fixtures.cases.filter((play) => play.scenario === scenario)) {
              it(name, async function () {
                const result = await embedded.caseResult(caseKey(scenario.id, name));
                if (isRightlySkipped(result)) this.skip();
                if (result.outcome !== 'pass') throw new Error(`\n${formatFailure(result, spec, PLAIN)}`);
              });
            }
          });
        }
      });
    }

    describe('as a whole', () => {
      it('plays every case to its end, with silence proved on every path', async () => {
        const result = await embedded.result;
        expect(result.interrupted).to.equal('');
        expect(result.exitStatus).to.equal(0);
        expect(result.cases).to.have.length(fixtures.cases.length);
        const wrong = result.cases.filter((item) => item.outcome !== 'pass' && !isRightlySkipped(item));
        expect(
          wrong.map((item) => `${item.scenario}#${item.case}: ${item.outcome} ${item.reason}`),
        ).to.deep.equal([]);
      });

      it('keeps every clause that the scenarios judge', async () => {
        const { cases } = await embedded.result;
        const played = new Set(
          cases.filter((item) => item.outcome !== 'skipped').map((item) => caseKey(item.scenario, item.case)),
        );
        const cited = new Map(
          fixtures.cases.map((play) => [caseKey(play.scenario.id, play.name), citedClauses(play)]),
        );
        const outcomes = clauseOutcomes(cases, cited);
        const firm = new Set(fixtures.cases.flatMap(firmlyCited));
        const judged = [...new Set([...played].flatMap((key) => cited.get(key) ?? []))].sort();
        const open = judged
          .map((id) => fixtures.catalogue.get(id))
          .filter((clause) => clause.spec === spec && clause.level !== 'MAY')
          .filter((clause) => outcomes.get(clause.id) !== 'pass')
          .filter((clause) => firm.has(clause.id) || outcomes.get(clause.id) !== 'untested')
          .map((clause) => `${clause.id} ${outcomes.get(clause.id)}`);
        expect(open).to.deep.equal([]);
      });

      it(`breaks of ${other} only what the catalogue says can't be kept together with ${spec}`, async () => {
        const { cases } = await embedded.result;
        const surprises = cases.flatMap((item) =>
          item.checks
            .filter((check) => check.spec === other && (check.outcome === 'fail' || check.outcome === 'warn'))
            .filter((check) => {
              const rivals = fixtures.catalogue.get(check.clause).differs;
              const kept = (id: string) =>
                item.checks.some((rival) => rival.clause === id && rival.outcome === 'pass');
              return !rivals.some(kept);
            })
            .map((check) => `${check.clause} in ${item.scenario}#${item.case}: ${check.reason}`),
        );
        expect(surprises).to.deep.equal([]);
      });

      it('sends no stanza that the protocol schemas reject', async () => {
        const { cases } = await embedded.result;
        const rejected = cases.flatMap((item) =>
          item.schemaViolations.map((text) => `${item.scenario}#${item.case}: ${text}`),
        );
        expect(rejected).to.deep.equal([]);
      });

      it('makes a report that the schema of results accepts', async () => {
        const schema: unknown = JSON.parse(
          readFileSync(join(packageRoot(), 'reports', 'result.schema.json'), 'utf8'),
        );
        expect(validateJson(JSON.parse(toJson(await embedded.result)), schema)).to.deep.equal([]);
      });
    });
  });
}
