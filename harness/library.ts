import { checkOptions, resolveConfig } from './config.js';
import { run as judge } from './run.js';
import type { CaseResult, RunResult, Spec } from './verdict/result.js';

/** Options of the program that say what to write and to show: a run called from a program does neither. */
const SHOWN = ['output', 'formats', 'quiet', 'writeKnownFailures'] as const;

/** The server under test, as the preflight found it. */
export type ReadyTarget = RunResult['target'];

/**
 * What {@link run} takes, all of it optional: the options of the configuration file by the same names and with the
 * same defaults, without those for reports; and who is told how the run goes on.
 */
export interface RunOptions {
  /** `HOST[:PORT]` of the server; the embedded server when absent. */
  readonly target?: string;
  /** Its XMPP domain; the host when absent. */
  readonly domain?: string;
  /** How the connection is secured; `starttls` when absent. */
  readonly tls?: 'starttls' | 'direct' | 'off';
  /** File with the certificate authority that vouches for the server, PEM. */
  readonly ca?: string;
  /** Accepts any certificate. */
  readonly insecure?: boolean;
  /** `register` (the default), a file of lines `JID PASSWORD`, or a command with `{user} {domain} {password}`. */
  readonly accounts?: string;
  /** `HOST:PORT` where the component connects that plays remote contacts; needs its domain and secret too. */
  readonly component?: string;
  readonly componentDomain?: string;
  readonly componentSecret?: string;
  /** Whose MUSTs decide; `rfc3921` when absent. */
  readonly spec?: Spec;
  /** A broken SHOULD fails the run too. */
  readonly strict?: boolean;
  /** Plays only these: `SCENARIO` or `SCENARIO#CASE`, with `*`. */
  readonly only?: readonly string[];
  /** Leaves these out. */
  readonly skip?: readonly string[];
  /** Plays only what judges these sections: `9.3`, `rfc6121:3.1`. */
  readonly section?: readonly string[];
  /** Plays a part of the cases: `1/3`. */
  readonly shard?: string;
  /** Cases at a time; 24 when absent. */
  readonly jobs?: number;
  /** Longest wait for a stanza in milliseconds; 5000 when absent. */
  readonly timeout?: number;
  /** Silence after a fence that proves that nothing comes, in milliseconds; 100 when absent. */
  readonly settle?: number;
  /** File of known failures; each must still fail, for its stated reason. */
  readonly knownFailures?: string;
  /** Told once, when the server was found and looked over, with the number of cases that will be played. */
  readonly onReady?: (target: ReadyTarget, cases: number) => void;
  /**
   * Told when a case has ended, in the order in which they end. What it says is preliminary: known failures, and silence
   * that later proves unreliable, are weighed when all have been played. The result has the final word.
   */
  readonly onCase?: (result: CaseResult, done: number, total: number) => void;
  /** Aborting ends the run after the cases under way; the result says why, and has what was played. */
  readonly signal?: AbortSignal;
}

/**
 * Judges a server, as the program does; without `target` the embedded one. It prints nothing, writes no file, reads
 * neither configuration file nor environment, and leaves signals and exit status alone. Runs may follow one another or go on side by side.
 * @returns the complete result, also when the server could not be reached or was lost, or the run was aborted:
 *   `interrupted` says so, and `exitStatus` is what the program would end with
 * @throws UsageError when an option is unknown, wrong, or names a file that can't be used
 * @throws FixtureError when the scenarios or catalogues of the package are damaged
 * @throws what `onReady` or `onCase` throws, after the cases under way
 */
export async function run(options: RunOptions = {}): Promise<RunResult> {
  const { onReady, onCase, signal, ...given } = options;
  const raw = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  checkOptions(raw, 'run()', SHOWN);
  const config = resolveConfig(raw, {}, {});

  const ended = new AbortController();
  const onAbort = () => ended.abort(sentenceOf(signal?.reason));
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort);
  let thrown: { readonly error: unknown } | undefined;
  // A listener that throws must not leave cases behind that play on against a closed target.
  const tell = (listener: () => void) => {
    if (thrown !== undefined) return;
    try {
      listener();
    } catch (error) {
      thrown = { error };
      ended.abort('A listener of the run failed.');
    }
  };
  try {
    const result = await judge(config, {
      signal: ended.signal,
      onReady: ({ name, host, port, domain, findings, features }, cases) =>
        tell(() => onReady?.({ name, host, port, domain, findings, features: [...features].sort() }, cases)),
      progress: {
        caseEnded: (item, done, total) => tell(() => onCase?.(item, done, total)),
      },
    });
    if (thrown !== undefined) throw thrown.error;
    return result;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function sentenceOf(reason: unknown): string {
  const said = reason instanceof Error ? reason.message : String(reason ?? '');
  return `Aborted${said === '' ? '' : `: ${said.replace(/\.$/, '')}`}; the result holds the cases played so far.`;
}
