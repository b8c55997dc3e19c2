import { type ChildProcess, fork } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Job, JobResult } from './job.js';

/** A server with a fault keeps its worker waiting for what never comes, so a core serves several. */
const WORKERS_PER_CORE = 4;

/** Processes that play servers, each one at a time; the fixtures stay loaded in them. */
export class Crew {
  readonly #members: ChildProcess[] = [];

  /** How many servers are played at once. */
  readonly size = WORKERS_PER_CORE * cpus().length;

  /**
   * Plays all jobs, as many at once as there are members.
   * @param done told after each, in the order in which they end
   * @returns the results by the ids of the jobs
   */
  async play(jobs: readonly Job[], done: (ended: number) => void): Promise<Map<string, JobResult>> {
    const results = new Map<string, JobResult>();
    const waiting = [...jobs];
    let ended = 0;
    while (this.#members.length < Math.min(this.size, jobs.length)) this.#members.push(hire());
    await Promise.all(
      this.#members.map(async (member) => {
        for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
          results.set(job.id, await ask(member, job));
          done(++ended);
        }
      }),
    );
    return results;
  }

  /** Lets the processes end. */
  dismiss(): void {
    for (const member of this.#members) member.disconnect();
  }
}

function hire(): ChildProcess {
  return fork(fileURLToPath(new URL('./worker.js', import.meta.url)), {
    // Nearly all that a run allocates is gone with its case; see "Speed" in ARCHITECTURE.md.
    execArgv: [...process.execArgv, '--max-semi-space-size=64'],
  });
}

function ask(member: ChildProcess, job: Job): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      member.off('exit', onExit);
      resolve(message as JobResult);
    };
    const onExit = (code: number | null) => {
      member.off('message', onMessage);
      reject(new Error(`the worker that played ${job.id} ended with status ${code}`));
    };
    member.once('message', onMessage);
    member.once('exit', onExit);
    member.send(job);
  });
}
