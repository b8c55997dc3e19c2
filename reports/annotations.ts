import type { RunResult } from '../harness/verdict/result.js';
import { type Breach, breaches, unjudged } from './breaches.js';
import { count, oneLine } from './text.js';

/** GitHub shows that many annotations of a kind for a step and drops the rest without a word. */
const MAX_OF_A_KIND = 10;

interface Annotation {
  readonly title: string;
  readonly message: string;
  /** `FILE:LINE`; empty where there is none. */
  readonly source: string;
}

/**
 * What GitHub shows beside the code, as workflow commands, one a line: an error for what fails the run, gravest first,
 * a warning for each broken SHOULD; at most ten of each, and a notice of how many more there are.
 */
export function githubAnnotations(run: RunResult): string {
  const broken = breaches(run);
  const errors = [
    ...(run.interrupted === '' ? [] : [{ title: 'no verdict', message: run.interrupted, source: '' }]),
    ...broken.filter((breach) => breach.counts).map(ofBreach),
    ...run.knownFailures.stale.map(ofStale),
    ...unjudged(run).map(({ outcome, reason, cases }) => ({
      title: `${count(cases.length, 'case')} ${outcome === 'error' ? 'not judged' : 'blocked'}`,
      message: reason,
      source: '',
    })),
  ];
  const warnings = broken.filter((breach) => !breach.counts).map(ofBreach);
  const left = [
    ...(errors.length > MAX_OF_A_KIND ? [count(errors.length - MAX_OF_A_KIND, 'more error')] : []),
    ...(warnings.length > MAX_OF_A_KIND ? [count(warnings.length - MAX_OF_A_KIND, 'more warning')] : []),
  ];
  return [
    ...errors.slice(0, MAX_OF_A_KIND).map((annotation) => command('error', annotation)),
    ...warnings.slice(0, MAX_OF_A_KIND).map((annotation) => command('warning', annotation)),
    ...(left.length === 0
      ? []
      : [
          command('notice', {
            title: 'not all are shown',
            message: `${left.join(' and ')} in the reports`,
            source: '',
          }),
        ]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function ofBreach({ clause, level, summary, reason, source, cases }: Breach): Annotation {
  const [first = ''] = cases;
  const where = cases.length === 1 ? first : `${first} and ${count(cases.length - 1, 'more case')}`;
  return { title: `${level} ${clause}`, message: `${summary} In ${where}: ${reason}`, source };
}

/** An entry that must go names its own file and line. */
function ofStale(sentence: string): Annotation {
  const [, source = '', message = sentence] = /^(.+?:\d+): (.*)$/s.exec(sentence) ?? [];
  return { title: 'known failure out of date', message, source };
}

function command(kind: 'error' | 'warning' | 'notice', { title, message, source }: Annotation): string {
  const [, file = '', line = ''] = /^(.+):(\d+)$/s.exec(source) ?? [];
  const properties = [
    ...(file === '' ? [] : [`file=${property(file)}`, `line=${line}`]),
    `title=${property(`xmpp-conform: ${title}`)}`,
  ];
  return `::${kind} ${properties.join(',')}::${data(message)}`;
}

function data(text: string): string {
  return oneLine(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
