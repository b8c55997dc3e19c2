import type { RunResult } from '../../harness/verdict/result.js';
import { sampleOfEverything } from './sample.js';

const FIXED = new Set([
  'outcome',
  'rfc3921',
  'rfc6121',
  'spec',
  'level',
  'kind',
  'direction',
  'role',
  'status',
  'startedAt',
]);

/** Text that has broken report writers before. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  ']]>',
  '<![CDATA[ ]]> & <b a="\'">',
  '# SKIP nothing to see # TODO later',
  '\\# \\\\# \\',
  'Bail out!\nBail out! now\n1..0\nok 1\nTAP version 13',
  '---\n...\n  ...\n    # Subtest: x\n    ok 1\n    1..1',
  'opens {',
  '{',
  '\u0000\u0001\u0008\u000b\u001b[2J\u007f\u0085\ufffe\uffff',
  'lone \ud800 and \udc00 surrogates',
  'separators \u2028 and \u2029, bom \ufeff, bidi \u202e, \r alone',
  'grüße 漢字 😀',
  "<presence from='{any}'><show>\n</show></presence>",
  `<${'a'.repeat(3000)}>`,
  '<a>'.repeat(2000),
  'x'.repeat(500_000),
];

/** A run with a case of every kind in which every free text is `text`. */
export function hostileRun(text: string): RunResult {
  return JSON.parse(JSON.stringify(sampleOfEverything()), (key, value) => {
    if (Array.isArray(value)) return value.map((item) => (typeof item === 'string' ? text : item));
    return typeof value === 'string' && !FIXED.has(key) && !/^\d+$/.test(key) ? text : value;
  });
}
