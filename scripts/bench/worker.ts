import { readFileSync } from 'node:fs';
import { type RawOptions, resolveConfig } from '../../harness/config.js';
import { run } from '../../harness/run.js';
import type { RunResult } from '../../harness/verdict/result.js';
import { replay } from './floor.js';

/** What to do once, in a process of its own whose CPU time and memory are then known. */
export interface BenchJob {
  readonly options: RawOptions;
  /** A results.json whose stanzas are replayed without judgement; undefined: judge. */
  readonly replay: string | undefined;
}

/** What it cost. */
export interface BenchResult {
  readonly cases: number;
  readonly durationMs: number;
  /** CPU seconds of this process for the job alone, user and system. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  /** Undefined for a replay. */
  readonly run: RunResult | undefined;
}

process.once('message', (job: BenchJob) => {
  void perform(job).then((result) => {
    process.send?.(result, () => process.disconnect());
  });
});

async function perform(job: BenchJob): Promise<BenchResult> {
  const config = resolveConfig(job.options, {}, {});
  const before = process.cpuUsage();
  const startedMs = performance.now();
  let result: RunResult | undefined;
  let cases: number;
  if (job.replay === undefined) {
    result = await run(config);
    cases = result.cases.length;
  } else {
    const recorded = JSON.parse(readFileSync(job.replay, 'utf8')) as RunResult;
    cases = await replay(config, recorded.cases);
  }
  const used = process.cpuUsage(before);
  return {
    cases,
    durationMs: performance.now() - startedMs,
    cpuSeconds: (used.user + used.system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    run: result,
  };
}
