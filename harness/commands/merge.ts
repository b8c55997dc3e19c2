import { Command } from 'commander';
import { readResult } from '../../reports/read.js';
import { REPORT_FORMATS } from '../../reports/write.js';
import { formatsOf, UsageError } from '../config.js';
import { loadFixtures } from '../fixtures.js';
import { tell } from '../tell.js';
import { MergeError, mergeResults } from '../verdict/merge.js';
import type { RunResult } from '../verdict/result.js';
import { openRecord } from '../write-known-failures.js';

const HELP = `
The result is that of a single run: cases in the order of the suites, each clause by its worst outcome, the exit status
of the whole. It lasted as long as its longest shard. Where a shard is missing the reports are written all the same, and
the exit status is 2.

Example:
  xmpp-conform --target localhost --shard 1/2 --output shard-1      in one job
  xmpp-conform --target localhost --shard 2/2 --output shard-2      in another
  xmpp-conform merge shard-1 shard-2 --output conform-reports
`;

interface MergeOptions {
  readonly output: string;
  readonly formats?: string;
  readonly writeKnownFailures?: string;
  readonly quiet?: boolean;
}

/** `merge`: the shards of a run made one result. */
export function mergeCommand(): Command {
  return new Command('merge')
    .description('make one result of those of all shards (--shard), and write its reports')
    .argument('<results...>', 'results.json of each shard, or the directory that it is in')
    .option('--output <dir>', 'where reports are written', 'conform-reports')
    .option('--formats <list>', `reports to write: ${REPORT_FORMATS.join(',')} (default: all)`)
    .option('--write-known-failures <file>', 'write a list of what fails, as a single run would')
    .option('--quiet', 'a line for each broken SHOULD')
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: MergeOptions) => {
      const { output, formats, quiet = false, writeKnownFailures } = options;
      const record = openRecord({ writeKnownFailures, knownFailures: undefined }, loadFixtures());
      await tell(
        { output, formats: formatsOf(formats), quiet },
        async () => merge(paths),
        (result) => record?.(result) ?? [],
      );
    });
}

function merge(paths: readonly string[]): RunResult {
  try {
    return mergeResults(paths.map((name) => ({ name, result: readResult(name) })));
  } catch (error) {
    if (error instanceof MergeError) throw new UsageError(error.message);
    throw error;
  }
}
