import type { ClauseCounts, Level, RunResult, Spec } from '../harness/verdict/result.js';
import type { Style } from './style.js';

const LEVELS: readonly Level[] = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY'];
const COLUMNS: readonly (keyof ClauseCounts)[] = ['pass', 'fail', 'blocked', 'untested'];
const OTHER: Readonly<Record<Spec, Spec>> = { rfc3921: 'rfc6121', rfc6121: 'rfc3921' };

/** `RFC 6121` for `rfc6121`. */
export function specName(spec: Spec): string {
  return spec.replace('rfc', 'RFC ');
}

/** Clauses by specification and level, the specification that was judged first. */
export function formatScoreboard(run: RunResult, style: Style): string[] {
  const { spec } = run.selection;
  const other = OTHER[spec];
  const isOtherBroken = LEVELS.some((level) => run.summary.specs[other][level].fail > 0);
  return [
    ...[spec, other].flatMap((each) => formatSpec(run, each, style)),
    ...(isOtherBroken ? [`  What breaks ${specName(other)} is shown with --spec ${other}.`] : []),
  ];
}

function formatSpec(run: RunResult, spec: Spec, { colors }: Style): string[] {
  const isJudged = spec === run.selection.spec;
  const title = `${specName(spec)} clauses${isJudged ? '' : ' (for information)'}`;
  const levels = run.summary.specs[spec];
  const rows = LEVELS.filter((level) => COLUMNS.some((column) => levels[level][column] > 0));
  if (rows.length === 0) return [];
  return [
    colors.bold(title.padEnd(30)) + COLUMNS.map((column) => column.padStart(10)).join(''),
    ...rows.map((level) => {
      const cells = COLUMNS.map((column) => {
        const number = levels[level][column];
        const cell = String(number).padStart(10);
        return number > 0 ? tint(column, level, colors)(cell) : colors.dim(cell);
      });
      return `  ${level.padEnd(28)}${cells.join('')}`;
    }),
  ];
}

function tint(column: keyof ClauseCounts, level: Level, colors: Style['colors']): (text: string) => string {
  if (column === 'pass') return colors.green;
  if (column === 'untested') return colors.dim;
  return column === 'fail' && level.startsWith('MUST') ? colors.red : colors.yellow;
}
