import type { JobResult } from './job.js';

/** Deals things out into so many shares of like size; fewer when there is not enough. */
export function shares<T>(things: readonly T[], count: number): T[][] {
  const dealt = Array.from({ length: Math.max(1, Math.floor(count)) }, (_, index) =>
    things.filter((_, position) => position % Math.max(1, Math.floor(count)) === index),
  );
  return dealt.filter((share) => share.length > 0);
}

/** One result of several, of servers that were the same. */
export function joined(results: readonly JobResult[]): JobResult {
  const noticed: Record<string, readonly string[]> = {};
  for (const result of results) {
    for (const [id, scenarios] of Object.entries(result.noticed)) {
      noticed[id] = [...(noticed[id] ?? []), ...scenarios];
    }
  }
  return {
    cases: results.flatMap(({ cases }) => cases),
    interrupted: results.find(({ interrupted }) => interrupted !== '')?.interrupted ?? '',
    preflight: [...new Set(results.map(({ preflight }) => preflight))].join(', '),
    noticed,
  };
}
