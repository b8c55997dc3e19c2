import { formatRun } from '../reports/console.js';
import { createStyle, wantsColor } from '../reports/style.js';
import { type ReportFormat, writeReports } from '../reports/write.js';
import { addToJobSummary, githubLog } from './github.js';
import type { RunResult } from './verdict/result.js';

/** Where a result goes besides the terminal. */
export interface Telling {
  /** Directory of the reports. */
  readonly output: string;
  readonly formats: readonly ReportFormat[];
  readonly quiet: boolean;
}

/**
 * Makes a result, writes its reports, prints it for people and for the CI system that reads along, and sets the exit
 * status.
 * @param make what gives the result; what it prints is under the same precautions
 * @param also writes more files; gives their paths with what is to be said of them
 * @throws what `make` throws, and ReportError
 */
export async function tell(
  how: Telling,
  make: () => Promise<RunResult>,
  also: (result: RunResult) => readonly string[] = () => [],
): Promise<void> {
  const { stdout, stderr, env } = process;
  const github = githubLog(env);
  stdout.write(github?.begin ?? '');
  let result: RunResult | undefined;
  try {
    result = await make();
    const files = [...(await writeReports(result, how.output, how.formats)), ...also(result)];
    stdout.write(
      formatRun(result, createStyle(wantsColor(stdout, env), stdout.columns ?? 100), files, how.quiet),
    );
    const trouble = addToJobSummary(result, env);
    if (trouble !== '') stderr.write(`${trouble}\n`);
    process.exitCode = result.exitStatus;
  } finally {
    stdout.write(github?.end(result) ?? '');
  }
}
