import { matches, matchTemplate, nearest } from '../match/template.js';
import { evaluateXPath } from '../match/xpath.js';
import type { Received } from '../party/mailbox.js';
import { stanzaText } from '../party/party.js';
import type {
  AskedCheck,
  ChoiceCheck,
  ChoiceOption,
  ChoicePart,
  Exchange,
  ExpectCheck,
  StreamCheck,
} from '../scenario/types.js';
import type { ChoiceFinding, Finding } from '../verdict/finding.js';
import type { Element } from '../wire/element.js';
import type { Closing } from '../wire/stream.js';

/** The stanzas that came to each place within an exchange, and values captured so far. */
export interface Observation {
  readonly received: (place: string) => readonly Received[];
  /** Whether the server has closed the stream of the place, or the connection below it. */
  readonly closed: (place: string, what: Closing) => boolean;
  /** What the name service was asked about a domain since the case began, in order. */
  readonly asked: (domain: string) => readonly string[];
  readonly captures: Record<string, string>;
}

type ExchangeCheck = Exchange['checks'][number];

/** Whether everything that has to arrive for these checks has arrived; pure. */
export function complete(checks: readonly ExchangeCheck[], seen: Observation): boolean {
  return checks.every((check) => {
    if (check.kind === 'expect') {
      // What proves nothing by coming need not come.
      if (provesNothing(check)) return true;
      return check.at.every((place) => hits(check.template, place, seen).length >= (check.times ?? 1));
    }
    if (check.kind === 'closed') return check.at.every((place) => seen.closed(place, check.what));
    if (check.kind === 'one-of') {
      if (check.options.some(restsOnSilence)) return true;
      const first = check.options.findIndex((option) => taken(option, seen));
      return first !== -1 && !check.options.slice(0, first).some((option) => lacksClosing(option, seen));
    }
    return true;
  });
}

/** Whether any of these checks needs silence to be proved. */
export function needsSettling(checks: readonly ExchangeCheck[]): boolean {
  return checks.some(
    (check) =>
      check.kind === 'never' ||
      check.kind === 'open' ||
      (check.kind === 'asked' && check.not.length > 0) ||
      (check.kind === 'expect' && (check.times !== undefined || provesNothing(check))) ||
      (check.kind === 'one-of' && check.options.some((option) => option.parts.some(isNegative))),
  );
}

/** Whether no clause demands that the stanza comes, neither of this server nor of the one that it comes from. */
function provesNothing({ proves, farEnd = [] }: ExpectCheck): boolean {
  return proves.length === 0 && farEnd.length === 0;
}

/** What the exchange showed. */
export interface Findings {
  readonly findings: readonly Finding[];
  readonly choices: readonly ChoiceFinding[];
  /** Stanzas that an expectation accounts for. */
  readonly accounted: ReadonlySet<Received>;
  /** Arrival of each stanza that was expected, the first that met its expectation. */
  readonly arrivals: readonly { readonly place: string; readonly atMs: number }[];
}

/** Judges an exchange that is over; pure but for the captures that it adds to. */
export function observe(checks: readonly ExchangeCheck[], seen: Observation): Findings {
  const findings: Finding[] = [];
  const choices: ChoiceFinding[] = [];
  const accounted = new Set<Received>();
  const arrivals: { place: string; atMs: number }[] = [];
  const met = new Map<string, Received>();
  for (const check of checks) {
    switch (check.kind) {
      case 'expect':
        for (const place of check.at) {
          const found = hits(check.template, place, seen);
          for (const hit of found) accounted.add(hit);
          const first = found[0];
          if (first !== undefined) {
            arrivals.push({ place, atMs: first.atMs });
            if (check.id !== '') met.set(`${check.id} ${place}`, first);
            Object.assign(seen.captures, matchTemplate(check.template, first.element, seen).captures);
          }
          findings.push(expectation(check, place, found, seen), ...assertions(check, place, found, seen));
        }
        break;
      case 'never':
        for (const place of check.at) {
          const offender = hits(check.template, place, seen)[0];
          findings.push({
            kind: 'never',
            at: place,
            line: check.line,
            proves: check.proves,
            satisfied: offender === undefined ? 'yes' : 'no',
            expected: `nothing that matches ${stanzaText(check.template)}`,
            received: offender?.xml ?? '',
            differences: [],
            reason: offender === undefined ? '' : `${place} received a stanza that must not come`,
            negative: true,
          });
        }
        break;
      case 'closed':
      case 'open':
        findings.push(...check.at.map((place) => closingOf(check, place, seen)));
        break;
      case 'order':
        for (const place of check.at) {
          const first = met.get(`${check.first} ${place}`);
          const then = met.get(`${check.then} ${place}`);
          const both = first !== undefined && then !== undefined;
          const inOrder = both && first.entry < then.entry;
          findings.push({
            kind: 'order',
            at: place,
            line: check.line,
            proves: check.proves,
            satisfied: both ? (inOrder ? 'yes' : 'no') : 'untested',
            expected: `${check.first} before ${check.then}`,
            received: both ? `${then.xml}\n${first.xml}` : '',
            differences: [],
            reason: inOrder
              ? ''
              : both
                ? `${check.then} came before ${check.first}`
                : `${check.first} and ${check.then} did not both come`,
            negative: false,
          });
        }
        break;
      case 'asked':
        findings.push(lookUps(check, seen));
        break;
      case 'one-of':
        judgeChoice(check, seen, findings, choices, accounted);
        break;
    }
  }
  return { findings, choices, accounted, arrivals };
}

function expectation(
  check: ExpectCheck,
  place: string,
  found: readonly Received[],
  seen: Observation,
): Finding {
  const wanted = check.times;
  const enough = wanted === undefined ? found.length > 0 : found.length === wanted;
  const candidates = seen.received(place);
  const closest =
    found[0] ??
    candidates[
      nearest(
        check.template,
        candidates.map((item) => item.element),
      )
    ];
  const differences =
    found.length > 0 || closest === undefined
      ? []
      : matchTemplate(check.template, closest.element, seen).differences;
  return {
    kind: 'expect',
    at: place,
    line: check.line,
    proves: check.proves,
    satisfied: enough ? 'yes' : 'no',
    expected: stanzaText(check.template),
    received: closest?.xml ?? '',
    differences,
    reason: enough ? '' : shortfall(place, found.length, wanted, closest !== undefined),
    negative: wanted !== undefined,
  };
}

function closingOf(check: StreamCheck, place: string, seen: Observation): Finding {
  const isSatisfied = seen.closed(place, check.what) === (check.kind === 'closed');
  return {
    kind: check.kind,
    at: place,
    line: check.line,
    proves: check.proves,
    satisfied: isSatisfied ? 'yes' : 'no',
    expected: `the ${check.what} of ${place} ${check.kind}`,
    received: '',
    differences: [],
    reason: isSatisfied
      ? ''
      : `the ${check.what} of ${place} was ${check.kind === 'closed' ? 'not ' : ''}closed`,
    negative: check.kind === 'open',
  };
}

function lookUps({ domain, line, names, not, proves }: AskedCheck, seen: Observation): Finding {
  const asked = seen.asked(domain);
  const unwanted = not.filter((name) => asked.includes(name));
  const isInTurn = cameInTurn(names, asked);
  const instead = [...new Set(asked)].join(', ') || 'nothing';
  const reason = isInTurn
    ? `the name service was asked for what must not be looked up: ${unwanted.join(', ')}`
    : `the name service was not asked in this order; it was asked for: ${instead}`;
  const forbidden = not.length === 0 ? '' : `, and not ${not.join(', ')}`;
  return {
    kind: 'asked',
    at: domain,
    line,
    proves,
    satisfied: isInTurn && unwanted.length === 0 ? 'yes' : 'no',
    expected: `the name service asked about ${domain} for ${names.join(', then ')}${forbidden}`,
    received: '',
    differences: [],
    reason: isInTurn && unwanted.length === 0 ? '' : reason,
    negative: not.length > 0,
  };
}

/** Whether all of the names were asked for, each first asked for behind the one before it. */
function cameInTurn(names: readonly string[], asked: readonly string[]): boolean {
  const turns = names.map((name) => asked.indexOf(name));
  return turns.every((turn, index) => turn > (turns[index - 1] ?? -1));
}

function shortfall(place: string, found: number, wanted: number | undefined, anything: boolean): string {
  if (found > 0) return `${place} received it ${found} times instead of ${wanted ?? 1}`;
  return anything
    ? `${place} did not receive it; the nearest that came is shown`
    : `${place} received nothing`;
}

function assertions(
  check: ExpectCheck,
  place: string,
  found: readonly Received[],
  seen: Observation,
): Finding[] {
  return check.asserts.map((assertion): Finding => {
    const offender = found.find((hit) => !evaluateXPath(assertion.test, hit.element, seen.captures));
    const satisfied = found.length === 0 ? 'untested' : offender === undefined ? 'yes' : 'no';
    return {
      kind: 'assert',
      at: place,
      line: assertion.line,
      proves: assertion.proves,
      satisfied,
      expected: assertion.says,
      received: (offender ?? found[0])?.xml ?? '',
      differences: [],
      reason:
        satisfied === 'no'
          ? `it does not hold that ${assertion.says}`
          : satisfied === 'untested'
            ? 'the stanza that it speaks of did not come'
            : '',
      negative: false,
    };
  });
}

function judgeChoice(
  check: ChoiceCheck,
  seen: Observation,
  findings: Finding[],
  choices: ChoiceFinding[],
  accounted: Set<Received>,
): void {
  const chosen = check.options.find((option) => taken(option, seen));
  const settled = new Set(chosen?.proves ?? []);
  const parts = check.options.flatMap((option) => option.parts);
  for (const part of parts) {
    if (part.kind !== 'expect') continue;
    for (const place of part.at) for (const hit of hits(part.template, place, seen)) accounted.add(hit);
  }
  const places = [...new Set(parts.flatMap((part) => part.at))];
  const base = {
    kind: 'choice',
    at: places.join(' '),
    line: check.line,
    received: places
      .flatMap((place) => seen.received(place))
      .filter((item) => accounted.has(item))
      .map((item) => item.xml)
      .join('\n'),
    differences: [],
    negative: chosen === undefined || chosen.parts.some(isNegative),
  } as const;
  findings.push({
    ...base,
    proves: check.proves,
    satisfied: chosen === undefined ? 'no' : 'yes',
    expected: `one of: ${check.options.map((option) => option.name).join('; ')}`,
    reason: chosen === undefined ? 'none of the permitted alternatives was taken' : '',
  });
  for (const option of check.options) {
    const isTaken = option === chosen;
    const proves = option.proves.filter((clause) => isTaken || !settled.has(clause));
    // A clause that several options would satisfy is broken once, not once an option.
    for (const clause of proves) settled.add(clause);
    findings.push({
      ...base,
      proves,
      satisfied: isTaken ? 'yes' : 'no',
      expected: option.name,
      reason: isTaken ? '' : `what was observed instead: ${chosen?.name ?? 'none of the alternatives'}`,
    });
  }
  choices.push({
    name: check.name,
    taken: chosen?.name ?? '',
    options: check.options.map((option) => option.name),
    clauses: [...new Set([...check.proves, ...check.options.flatMap((option) => option.proves)])],
  });
}

function taken(option: ChoiceOption, seen: Observation): boolean {
  return (
    option.parts.every((part) => part.at.every((place) => holds(part, place, seen))) &&
    (!option.inOrder || cameInOrder(option, seen))
  );
}

/** Whether what the option expects at each place came as listed, by what came first for each part. */
function cameInOrder({ parts }: ChoiceOption, seen: Observation): boolean {
  const entries = new Map<string, number>();
  for (const part of parts) {
    if (part.kind !== 'expect') continue;
    for (const place of part.at) {
      const entry = hits(part.template, place, seen)[0]?.entry ?? 0;
      if (entry < (entries.get(place) ?? 0)) return false;
      entries.set(place, entry);
    }
  }
  return true;
}

/** Whether nothing but the closing is missing, which follows a stream error and may take its time. */
function lacksClosing({ parts }: ChoiceOption, seen: Observation): boolean {
  return parts.every((part) => part.kind === 'closed' || part.at.every((place) => holds(part, place, seen)));
}

function holds(part: ChoicePart, place: string, seen: Observation): boolean {
  if (!('template' in part)) {
    return seen.closed(place, part.what) === (part.kind === 'closed');
  }
  return hits(part.template, place, seen).length > 0 === (part.kind === 'expect');
}

function isNegative(part: ChoicePart): boolean {
  return part.kind === 'never' || part.kind === 'open';
}

/** An option of silence alone can't be waited for. */
function restsOnSilence(option: ChoiceOption): boolean {
  return option.parts.every(isNegative);
}

function hits(template: Element, place: string, seen: Observation): Received[] {
  return seen.received(place).filter((item) => matches(template, item.element, seen));
}
