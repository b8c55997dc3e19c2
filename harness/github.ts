import { randomUUID } from 'node:crypto';
import { appendFileSync, statSync } from 'node:fs';
import { githubAnnotations } from '../reports/annotations.js';
import { MAX_SUMMARY, toMarkdown } from '../reports/markdown.js';
import type { RunResult } from './verdict/result.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What to print where GitHub Actions reads the output: it obeys commands in it, wherever they come from. */
export interface GitHubLog {
  /** Before anything else: from here on no line is a command, so that none of a server's can be one. */
  readonly begin: string;
  /** After all else: commands count again; then the annotations of the run, where there is one. */
  end(run: RunResult | undefined): string;
}

/** The log of GitHub Actions; undefined when the environment is another. */
export function githubLog(env: Environment): GitHubLog | undefined {
  if (env.GITHUB_ACTIONS !== 'true') return undefined;
  const token = randomUUID();
  return {
    begin: `::stop-commands::${token}\n`,
    end: (run) => `::${token}::\n${run === undefined ? '' : githubAnnotations(run)}`,
  };
}

/**
 * Adds the run to the summary page of the job, where the environment names its file.
 * @returns a sentence when that could not be done; empty otherwise
 */
export function addToJobSummary(run: RunResult, env: Environment): string {
  const file = env.GITHUB_STEP_SUMMARY ?? '';
  if (file === '') return '';
  try {
    const used = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    appendFileSync(file, toMarkdown(run, MAX_SUMMARY - used));
    return '';
  } catch (error) {
    return `The job summary can't be written: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
