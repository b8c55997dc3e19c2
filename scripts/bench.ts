import { fork } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RawOptions } from '../harness/config.js';
import { DEFAULTS } from '../harness/config.js';
import type { RunResult } from '../harness/verdict/result.js';
import { startEmbedded } from './bench/embedded.js';
import type { BenchJob, BenchResult } from './bench/worker.js';
import { type RealTarget, startRealTarget } from './real-target.js';

/**
 * Judges the embedded server and Prosody several times, each in a process of its own, and prints what that costs:
 * cases a second, CPU seconds of harness and server, lateness, memory; and the floor, the same stanzas replayed with
 * no judgement. Needs Linux: the server's CPU time is read from /proc.
 *
 *   bench [RUNS]
 */
const runs = Number(process.argv[2] ?? 3);
const folder = await mkdtemp(join(tmpdir(), 'xmpp-conform-bench-'));
try {
  await bench('embedded server', startEmbedded);
  await bench('Prosody', () => startRealTarget('prosody'));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function bench(name: string, start: () => Promise<RealTarget>): Promise<void> {
  const target = await start();
  try {
    const options = rawOptions(target.options);
    const recording = join(folder, 'results.json');
    process.stdout.write(
      `${name}\n  run     cases  seconds  cases/s  harness CPU s  server CPU s  ratio  peak MiB\n`,
    );
    let last: RunResult | undefined;
    for (let number = 1; number <= runs; number++) {
      const { result, serverCpu } = await measure({ options, replay: undefined }, target.pid);
      print(`judge ${number}`, result, serverCpu);
      last = result.run;
    }
    if (last === undefined) return;
    await writeFile(recording, JSON.stringify(last));
    for (let number = 1; number <= runs; number++) {
      const { result, serverCpu } = await measure({ options, replay: recording }, target.pid);
      print(`floor ${number}`, result, serverCpu);
    }
    printDetails(last);
  } finally {
    await target.stop();
  }
}

async function measure(
  job: BenchJob,
  serverPid: number,
): Promise<{ result: BenchResult; serverCpu: number }> {
  const before = await cpuSeconds(serverPid);
  const child = fork(fileURLToPath(new URL('./bench/worker.js', import.meta.url)));
  const result = await new Promise<BenchResult>((resolve, reject) => {
    child.once('message', (message) => resolve(message as BenchResult));
    child.once('exit', (code) => reject(new Error(`the measured process ended with status ${code}`)));
    child.send(job);
  });
  return { result, serverCpu: (await cpuSeconds(serverPid)) - before };
}

/** CPU seconds of a process so far, user and system (proc(5), /proc/PID/stat fields 14 and 15, in ticks of 10 ms). */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function print(label: string, result: BenchResult, serverCpu: number): void {
  const seconds = result.durationMs / 1000;
  const cells = [
    label.padEnd(7),
    String(result.cases).padStart(5),
    seconds.toFixed(2).padStart(8),
    (result.cases / seconds).toFixed(0).padStart(8),
    result.cpuSeconds.toFixed(2).padStart(14),
    serverCpu.toFixed(2).padStart(13),
    (result.cpuSeconds / serverCpu).toFixed(2).padStart(6),
    result.peakMiB.toFixed(0).padStart(9),
  ];
  process.stdout.write(`  ${cells.join(' ')}\n`);
}

function printDetails(run: RunResult): void {
  const passed = run.cases.filter((item) => item.outcome === 'pass');
  const slowest = passed.reduce((longest, item) => Math.max(longest, item.durationMs), 0);
  const waited = passed.filter((item) => item.durationMs >= run.selection.timeoutMs).length;
  process.stdout.write('  lateness after the fence, ms (half the settle time: ');
  process.stdout.write(`${run.selection.settleMs / 2})\n`);
  for (const [path, late] of Object.entries(run.fence.paths)) {
    process.stdout.write(
      `    ${path.padEnd(10)} ${String(late.samples).padStart(5)} samples, median ${late.p50}, 99 % ${late.p99}, worst ${late.max}\n`,
    );
  }
  process.stdout.write(
    `  slowest passing case ${slowest.toFixed(0)} ms; ${waited} passing cases lasted as long as the time-out (${DEFAULTS.timeoutMs} ms)\n\n`,
  );
}

/** Options of the command line as the configuration has them: `--component-domain x` is `componentDomain: 'x'`. */
function rawOptions(words: readonly string[]): RawOptions {
  const options: Record<string, string> = {};
  for (let index = 0; index + 1 < words.length; index += 2) {
    const key = (words[index] ?? '')
      .slice(2)
      .replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    options[key] = words[index + 1] ?? '';
  }
  return options;
}
