import type { PlayableCase } from '../scenario/types.js';
import type { PlayedCase, PlayedFinding } from '../verdict/finding.js';
import { type JudgingContext, judgeCase } from '../verdict/judge.js';
import type { CheckResult } from '../verdict/result.js';
import type { TranscriptEntry } from '../wire/transcript.js';
import { type ConformanceRecord, standingOf } from './record.js';
import type {
  ClauseInQuestion,
  End,
  InteropCase,
  InteropChoice,
  InteropDifference,
  InteropOutcome,
} from './result.js';

/** What attribution rests on besides the case. */
export interface AttributionContext extends JudgingContext {
  /** The own run of each end, where it was given. */
  readonly records: Readonly<Partial<Record<End, ConformanceRecord>>>;
}

/**
 * Says of a case between two servers whether each end showed what its server owes, and who departs where not; pure.
 *
 * Two clients can't see which server did wrong. So whatever is not as expected has clauses in question: those of the server of the
 * party watched, and those by which the other one had to send it. The end whose own run breaks one of its own, in what is most like this case there, departs.
 */
export function judgeInterop(played: PlayedCase, context: AttributionContext): InteropCase {
  const { scenario, name } = played.play;
  const watched = groups(played, context);
  const situations = situationsOf(watched);
  const differences = watched.flatMap((group) => differenceOf(group, played, context, situations));
  const choices = choicesOf(played);
  const doubts = watched
    .flatMap(({ near, far }) => [...near, ...far])
    .filter(({ outcome }) => outcome === 'error');
  const isPlayed = played.ending === 'played';
  const outcome = isPlayed ? outcomeOf(differences, choices, doubts.length > 0) : endedBy(played);
  return {
    scenario: scenario.id,
    case: name,
    title: scenario.title,
    outcome,
    departs: ENDS.filter((end) => differences.some(({ departs }) => departs.includes(end))),
    reason: played.reason || (doubts[0]?.reason ?? ''),
    differences: isPlayed ? differences : [],
    choices: isPlayed ? choices : [],
    durationMs: Math.round(played.durationMs * 10) / 10,
    transcript: isPlayed ? played.transcript.filter(isNoMarker) : played.transcript,
  };
}

const ENDS: readonly End[] = ['target', 'peer'];

/** What was found at one expectation, with the verdicts on the clauses of both ends. */
interface Watched {
  readonly findings: readonly PlayedFinding[];
  /** The server of the party watched. */
  readonly end: End;
  /** Of the specification chosen, on the server of the party watched. */
  readonly near: readonly CheckResult[];
  /** On the other one. */
  readonly far: readonly CheckResult[];
}

/** The findings by expectation and place: the options of a choice, or the alternatives of a state, are one. */
function groups(played: PlayedCase, context: AttributionContext): Watched[] {
  const farFindings = played.findings.map((finding) => ({
    ...finding,
    proves: farEndOf(played.play, finding.line),
  }));
  const near = checksByFinding(played.findings, played, context);
  const far = checksByFinding(farFindings, played, context);
  const found = new Map<string, Watched>();
  for (const [index, finding] of played.findings.entries()) {
    const key = `${finding.line} ${finding.at}`;
    const before = found.get(key);
    found.set(key, {
      findings: [...(before?.findings ?? []), finding],
      end: endOf(played.play, finding),
      near: [...(before?.near ?? []), ...(near[index] ?? [])],
      far: [...(before?.far ?? []), ...(far[index] ?? [])],
    });
  }
  return [...found.values()];
}

/** The verdicts on the clauses of each finding; {@link judgeCase} gives them in the order of findings and clauses. */
function checksByFinding(
  findings: readonly PlayedFinding[],
  played: PlayedCase,
  context: AttributionContext,
): CheckResult[][] {
  const { checks } = judgeCase({ ...played, findings }, context);
  let next = 0;
  return findings.map(({ proves }) => {
    const own = checks.slice(next, next + proves.length);
    next += proves.length;
    return own.filter(({ spec }) => spec === context.spec);
  });
}

/** The clauses that each end has to keep in the case: what happens there, as far as it concerns that server. */
type Situations = Readonly<Record<End, ReadonlySet<string>>>;

function situationsOf(watched: readonly Watched[]): Situations {
  const of = (end: End) =>
    new Set(
      watched.flatMap((group) => (group.end === end ? group.near : group.far)).map(({ clause }) => clause),
    );
  return { target: of('target'), peer: of('peer') };
}

function differenceOf(
  watched: Watched,
  { play, transcript }: PlayedCase,
  context: AttributionContext,
  situations: Situations,
): InteropDifference[] {
  const { findings, end, near, far } = watched;
  const first = findings.find(({ satisfied }) => satisfied === 'no');
  if (first === undefined) return [];
  const isAlternativeMet = findings.some(({ satisfied }) => satisfied === 'yes');
  const nearBroken = near.filter(isBroken);
  const farBroken = far.filter(isBroken);
  // A permitted alternative that was taken leaves nothing for the other end to have done.
  const isOwed = nearBroken.length > 0 || (!isAlternativeMet && (near.length === 0 || isChoice(first)));
  if (!isOwed || (nearBroken.length === 0 && farBroken.length === 0 && !isChoice(first))) return [];
  const clauses = [
    ...inQuestion(nearBroken, end, context, situations),
    ...inQuestion(farBroken, opposite(end), context, situations),
  ];
  const departs = ENDS.filter((side) =>
    clauses.some((clause) => clause.end === side && clause.standing === 'breaks'),
  );
  return [
    {
      at: first.at,
      end,
      source: `${play.scenario.file}:${first.line}`,
      expected: first.expected,
      received: first.received,
      reason: first.reason,
      differences: first.differences,
      exchange: transcript.slice(first.from, first.to).filter(isOfThePlay),
      verdict: departs.length > 0 ? 'departs' : isExplained(clauses) ? 'gap' : 'unattributed',
      departs,
      clauses,
    },
  ];
}

function isNoMarker({ kind }: TranscriptEntry): boolean {
  return kind !== 'fence';
}

/** Without markers, and without the negotiation of a stream that was opened to read a state back. */
function isOfThePlay({ kind }: TranscriptEntry): boolean {
  return kind !== 'fence' && kind !== 'stream';
}

function isBroken({ outcome }: CheckResult): boolean {
  return outcome === 'fail' || outcome === 'warn';
}

function isChoice({ kind }: PlayedFinding): boolean {
  return kind === 'choice';
}

/** Whether the records speak of all that could have been the cause. */
function isExplained(clauses: readonly ClauseInQuestion[]): boolean {
  return clauses.every(({ standing }) => standing === 'keeps');
}

function inQuestion(
  checks: readonly CheckResult[],
  end: End,
  { records }: AttributionContext,
  situations: Situations,
): ClauseInQuestion[] {
  const unique = new Map(checks.map((check) => [check.clause, check]));
  return [...unique.values()].map(({ clause, level, summary }) => ({
    clause,
    level,
    summary,
    end,
    ...standingOf(records[end], clause, situations[end]),
  }));
}

/** The server whose clauses the expectation proves. */
function endOf(play: PlayableCase, { line, at }: PlayedFinding): End {
  const choice = choices(play).find((check) => check.line === line);
  return endOfParty(play, choice?.of ?? at);
}

/** The server of a user, or of the first of several places. */
function endOfParty(play: PlayableCase, party: string): End {
  const user = party.split(/[/ ]/)[0];
  return play.users.find(({ name }) => name === user)?.server ?? 'target';
}

function opposite(end: End): End {
  return end === 'target' ? 'peer' : 'target';
}

/** The clauses by which the other server had to send what is watched for on this line. */
function farEndOf({ exchanges, states }: PlayableCase, line: number): readonly string[] {
  for (const check of [...exchanges.flatMap(({ checks }) => checks), ...states]) {
    if (check.line === line) return 'farEnd' in check ? (check.farEnd ?? []) : [];
    if (check.kind !== 'expect') continue;
    const assertion = check.asserts.find((item) => item.line === line);
    if (assertion !== undefined) return assertion.farEnd ?? [];
  }
  return [];
}

function choices({ exchanges }: PlayableCase) {
  return exchanges
    .flatMap(({ checks }) => checks)
    .flatMap((check) => (check.kind === 'one-of' ? [check] : []));
}

function choicesOf({ play, choices: made }: PlayedCase): InteropChoice[] {
  return made.flatMap(({ name, taken }) => {
    const check = choices(play).find((item) => item.name === name);
    const option = check?.options.find((item) => item.name === taken);
    if (check === undefined || option === undefined) return [];
    const place = check.of ?? check.options.flatMap(({ parts }) => parts.flatMap(({ at }) => at))[0] ?? '';
    return [{ name, taken, by: endOfParty(play, place), gap: option.gap ?? '' }];
  });
}

function outcomeOf(
  differences: readonly InteropDifference[],
  made: readonly InteropChoice[],
  isDoubtful: boolean,
): InteropOutcome {
  const verdicts = new Set(differences.map(({ verdict }) => verdict));
  if (verdicts.has('departs')) return 'departs';
  if (verdicts.has('unattributed')) return 'unattributed';
  if (isDoubtful) return 'error';
  return verdicts.has('gap') || made.some(({ gap }) => gap !== '') ? 'gap' : 'agree';
}

function endedBy({ ending }: PlayedCase): InteropOutcome {
  return ending === 'blocked' ? 'blocked' : 'error';
}
