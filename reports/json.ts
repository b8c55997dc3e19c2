import type { RunResult } from '../harness/verdict/result.js';

/** The whole result as JSON, in the form that `reports/result.schema.json` describes. */
export function toJson(result: RunResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}
