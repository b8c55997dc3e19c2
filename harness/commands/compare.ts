import { writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type Comparison, compareServers } from '../../reports/compare/compare.js';
import { compareRuns, type History } from '../../reports/compare/history.js';
import { formatHistory, historyToMarkdown } from '../../reports/compare/history-text.js';
import { comparisonToMarkdown } from '../../reports/compare/markdown.js';
import { nameServers } from '../../reports/compare/names.js';
import { comparisonToHtml } from '../../reports/compare/page.js';
import { viewServer } from '../../reports/compare/server.js';
import { formatComparison } from '../../reports/compare/terminal.js';
import { RESULT_FILE } from '../../reports/json.js';
import { readResult } from '../../reports/read.js';
import { createStyle, type Style, wantsColor } from '../../reports/style.js';
import { UsageError } from '../config.js';

const FORMATS = ['terminal', 'markdown', 'html', 'json'] as const;

interface CompareOptions {
  readonly baseline?: string;
  readonly name?: readonly string[];
  readonly format: (typeof FORMATS)[number];
  readonly output?: string;
  readonly strict?: boolean;
}

const HELP = `
Each RESULT is the results.json of a run, or the directory that holds it.

Exit status:
  0  compared; with --baseline: nothing broke
  1  with --baseline: a MUST (with --strict: or a SHOULD) is broken that was kept before
  2  wrong usage, or a file that is no result; with --baseline: nothing broke, but cases that were judged before
     could not be judged

Examples:
  xmpp-conform compare prosody/ ejabberd/ --format html --output compare.html
  xmpp-conform compare --name 0.12 a.json --name trunk b.json
  xmpp-conform compare --baseline main/results.json conform-reports --format markdown
`;

/** The command `compare`: servers side by side, or what changed since an earlier run. */
export function compareCommand(): Command {
  return new Command('compare')
    .argument('<results...>', 'results to compare')
    .description('servers side by side, clause by clause; or what changed since an earlier run (--baseline)')
    .option(
      '--baseline <result>',
      'earlier run: tell what broke since, what was mended, what changed otherwise',
    )
    .option(
      '--name <name>',
      'what to call a server, once for each result, in their order (default: its software, or the file)',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .addOption(new Option('--format <format>', 'how to show it').choices(FORMATS).default('terminal'))
    .option('--output <file>', 'write it there (default: standard output)')
    .option('--strict', 'with --baseline: a SHOULD that broke counts too')
    .addHelpText('after', HELP)
    .action(compare);
}

function compare(paths: readonly string[], options: CompareOptions): void {
  if (options.baseline === undefined) compareSideBySide(paths, options);
  else compareWithBaseline(options.baseline, paths, options);
}

function compareSideBySide(paths: readonly string[], options: CompareOptions): void {
  if (options.strict === true) throw new UsageError('--strict needs --baseline: side by side nothing fails.');
  if (paths.length < 2)
    throw new UsageError(
      'One result compares with nothing: give two or more, or an earlier run with --baseline.',
    );
  const given = options.name ?? [];
  if (given.length > 0 && given.length !== paths.length)
    throw new UsageError(
      `--name is given ${given.length} times for ${paths.length} results: give it once for each.`,
    );
  // One result at a time: with its exchanges each takes hundreds of megabytes.
  const views = paths.map((path) => viewServer('', readResult(path)));
  const names = nameServers(
    views.map(({ software }, index) => ({ software, file: fileName(paths[index] ?? '') })),
    given,
  );
  const comparison = compareServers(views.map((view, index) => ({ ...view, name: names[index] ?? '' })));
  write(renderComparison(comparison, options.format, styleFor(options)), options.output);
}

function compareWithBaseline(baseline: string, paths: readonly string[], options: CompareOptions): void {
  const [path = '', ...more] = paths;
  if (more.length > 0) throw new UsageError('--baseline compares with one result: give one.');
  if (options.name !== undefined)
    throw new UsageError('--name is for servers side by side, not for --baseline.');
  if (options.format === 'html')
    throw new UsageError('--baseline has no HTML form: choose terminal, markdown or json.');
  const history = compareRuns(readResult(baseline), readResult(path), options.strict === true);
  write(renderHistory(history, options.format, styleFor(options)), options.output);
  process.exitCode = history.exitStatus;
}

function renderComparison(comparison: Comparison, format: CompareOptions['format'], style: Style): string {
  switch (format) {
    case 'terminal':
      return formatComparison(comparison, style);
    case 'markdown':
      return comparisonToMarkdown(comparison);
    case 'html':
      return comparisonToHtml(comparison);
    case 'json':
      return toJson(comparison);
  }
}

function renderHistory(
  history: History,
  format: Exclude<CompareOptions['format'], 'html'>,
  style: Style,
): string {
  switch (format) {
    case 'terminal':
      return formatHistory(history, style);
    case 'markdown':
      return historyToMarkdown(history);
    case 'json':
      return toJson(history);
  }
}

function toJson(value: Comparison | History): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function styleFor({ output }: CompareOptions): Style {
  if (output !== undefined) return createStyle(false);
  return createStyle(wantsColor(process.stdout, process.env), process.stdout.columns ?? 100);
}

/** The name that a path gives a server: the directory's where the file's own says nothing. */
function fileName(path: string): string {
  const whole = resolve(path);
  return basename(whole) === RESULT_FILE ? basename(dirname(whole)) : basename(whole, '.json');
}

function write(text: string, file: string | undefined): void {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} can't be written: ${why}.`);
  }
}
