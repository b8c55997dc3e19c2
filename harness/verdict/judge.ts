import type { Clause } from '../requirements/clause.js';
import type { Catalogue } from '../requirements/load.js';
import type { TranscriptEntry } from '../wire/transcript.js';
import type { PlayedCase, PlayedFinding } from './finding.js';
import type { CaseResult, CheckOutcome, CheckResult, Outcome, Spec } from './result.js';

/** What a verdict depends on besides the case itself. */
export interface JudgingContext {
  readonly catalogue: Catalogue;
  /** The specification whose clauses decide the outcome of a case. */
  readonly spec: Spec;
  /** Paths on which stanzas came so late after their fence that silence there proves nothing. */
  readonly unreliable: ReadonlySet<string>;
}

/**
 * Turns what a case showed into verdicts, clause by clause; pure.
 * @returns the result of the case, known failures not yet considered
 */
export function judgeCase(played: PlayedCase, context: JudgingContext): CaseResult {
  const checks = excuse(
    played.findings.flatMap((finding) => judgeFinding(finding, played, context)),
    context.catalogue,
  );
  const specs = {
    rfc3921: outcomeFor('rfc3921', played, checks),
    rfc6121: outcomeFor('rfc6121', played, checks),
  };
  const { scenario, name } = played.play;
  return {
    scenario: scenario.id,
    case: name,
    title: scenario.title,
    sections: [...new Set(checks.map(({ check }) => sectionOf(check.clause)))].sort(),
    outcome: specs[context.spec],
    specs,
    reason:
      played.ending === 'played' && specs[context.spec] === 'skipped'
        ? `no clause of ${context.spec} is judged here; the verdicts of the other specification are kept`
        : played.reason || errorReason(checks.map(({ check }) => check)),
    durationMs: Math.round(played.durationMs * 10) / 10,
    checks: checks.map(({ check }) => check),
    choices: played.choices.map((choice) => ({ ...choice, scenario: scenario.id, case: name })),
    schemaViolations: played.schemaViolations,
    known: [],
    transcript: PEACEFUL.has(specs[context.spec]) ? foldFences(played.transcript) : played.transcript,
  };
}

/** Outcomes that nobody looks into. */
const PEACEFUL: ReadonlySet<Outcome> = new Set(['pass', 'skipped']);

/** The exchange with the markers of each fence in one entry. */
function foldFences(entries: readonly TranscriptEntry[]): TranscriptEntry[] {
  const folded: TranscriptEntry[] = [];
  let markers = 0;
  for (const [index, entry] of entries.entries()) {
    if (entry.kind !== 'fence') {
      folded.push(entry);
      continue;
    }
    markers++;
    if (entries[index + 1]?.kind === 'fence') continue;
    folded.push({ ...entry, party: 'harness', direction: 'none', xml: `${markers} markers` });
    markers = 0;
  }
  return folded;
}

/** The section of a full clause id, with its document: `rfc3921:9.3`. */
export function sectionOf(clause: string): string {
  return clause.slice(0, clause.indexOf('/'));
}

/** A check and the expectation that it belongs to. */
interface Judged {
  readonly check: CheckResult;
  readonly expectation: string;
}

function judgeFinding(finding: PlayedFinding, played: PlayedCase, context: JudgingContext): Judged[] {
  const doubtful = finding.negative && finding.satisfied === 'yes' && context.unreliable.has(finding.path);
  return finding.proves.map((id) => {
    const clause = context.catalogue.get(id);
    const outcome = doubtful ? 'error' : clauseOutcome(finding, clause);
    const passed = outcome === 'pass';
    return {
      expectation: `${finding.line} ${finding.at}`,
      check: {
        clause: clause.id,
        spec: clause.spec,
        level: clause.level,
        summary: clause.summary,
        outcome,
        kind: finding.kind,
        at: finding.at,
        source: `${played.play.scenario.file}:${finding.line}`,
        expected: finding.expected,
        received: finding.received,
        differences: finding.differences,
        reason: doubtful
          ? `stanzas on the ${finding.path} path came so late after their fence that silence proves nothing; raise --settle`
          : finding.reason,
        transcript: passed ? [] : played.transcript.slice(finding.from, finding.to),
      },
    };
  });
}

function clauseOutcome(finding: PlayedFinding, clause: Clause): CheckOutcome {
  if (finding.satisfied === 'untested') return 'untested';
  if (finding.satisfied === 'yes') return 'pass';
  if (clause.level === 'MAY') return 'untested';
  return clause.level.startsWith('SHOULD') ? 'warn' : 'fail';
}

const MERIT: Readonly<Record<CheckOutcome, number>> = {
  pass: 3,
  excused: 3,
  warn: 2,
  fail: 1,
  error: 0,
  untested: 0,
};

/**
 * Where clauses of one RFC contradict each other, a server fails only when it satisfies none of them: a broken clause
 * is weighed by the best verdict among those that contradict it at the same expectation.
 */
function excuse(judged: readonly Judged[], catalogue: Catalogue): Judged[] {
  return judged.map((item) => {
    const { check } = item;
    if (check.outcome !== 'fail' && check.outcome !== 'warn') return item;
    const rivals = catalogue.get(check.clause).contradicts;
    if (rivals.length === 0) return item;
    const best = judged
      .filter((other) => other.expectation === item.expectation && rivals.includes(other.check.clause))
      .reduce<Judged | undefined>(
        (found, other) =>
          found === undefined || MERIT[other.check.outcome] > MERIT[found.check.outcome] ? other : found,
        undefined,
      );
    if (best === undefined || MERIT[best.check.outcome] <= MERIT[check.outcome]) return item;
    const outcome = best.check.outcome === 'warn' ? 'warn' : 'excused';
    const reason = `${check.reason}; ${best.check.clause} (${best.check.level}) contradicts it, so the RFC leaves it open`;
    return { ...item, check: { ...check, outcome, reason } };
  });
}

function outcomeFor(spec: Spec, played: PlayedCase, judged: readonly Judged[]): Outcome {
  const outcomes = new Set(
    judged.filter(({ check }) => check.spec === spec).map(({ check }) => check.outcome),
  );
  if (played.ending === 'blocked' || played.ending === 'skipped' || played.ending === 'error')
    return played.ending;
  if (outcomes.size === 0) return 'skipped';
  if (outcomes.has('error')) return 'error';
  if (outcomes.has('fail')) return 'fail';
  return outcomes.has('warn') ? 'warn' : 'pass';
}

function errorReason(checks: readonly CheckResult[]): string {
  return checks.find((check) => check.outcome === 'error')?.reason ?? '';
}
