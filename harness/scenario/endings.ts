import { type Element, NS } from '../wire/element.js';
import type { Exchange } from './types.js';

/**
 * The places whose stream the checks of an exchange let the server end: a check or an alternative speaks of whether it is closed, or of
 * a stream error there. Anywhere else such an end leaves nothing to judge by.
 */
export function mayEnd(checks: Exchange['checks']): ReadonlySet<string> {
  const parts = checks.flatMap((check) => {
    if (check.kind === 'one-of') return check.options.flatMap((option) => option.parts);
    return check.kind === 'order' || check.kind === 'asked' ? [] : [check];
  });
  const ending = parts.filter((part) => !('template' in part) || isStreamError(part.template));
  return new Set(ending.flatMap((part) => part.at));
}

function isStreamError(template: Element): boolean {
  return template.name === 'error' && template.ns === NS.streams;
}
