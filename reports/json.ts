import type { RunResult } from '../harness/verdict/result.js';

/** The name of the file that a result is written to. */
export const RESULT_FILE = 'results.json';

/**
 * The whole result as JSON, in the form that `reports/result.schema.json` describes: a member a line, and in lists an
 * element a line, for who looks into it with grep.
 */
export function toJson(result: RunResult): string {
  const members = Object.entries(result).map(([name, value]) => {
    const isList = Array.isArray(value) && value.length > 0;
    const text = isList
      ? `[\n${value.map((item: unknown) => JSON.stringify(item)).join(',\n')}\n]`
      : JSON.stringify(value);
    return `${JSON.stringify(name)}: ${text}`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}
