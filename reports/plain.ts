import type { CaseResult, RunResult, Spec } from '../harness/verdict/result.js';
import { formatFailure, formatRun } from './console.js';
import { PLAIN } from './style.js';

/** A whole run as the program prints it, without colours, in lines of 100 characters. */
export function renderText(result: RunResult): string {
  return formatRun(result, PLAIN);
}

/**
 * One case as the program prints it: what was expected, what came, and the exchange that led there; without colours.
 * @param spec the specification that it is judged by, `selection.spec` of the result
 */
export function renderCase(item: CaseResult, spec: Spec): string {
  return formatFailure(item, spec, PLAIN);
}
