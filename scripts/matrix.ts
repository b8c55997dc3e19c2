import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../harness/paths.js';
import { version } from '../harness/run.js';
import type { Spec } from '../harness/verdict/result.js';
import { compareServers } from '../reports/compare/compare.js';
import { comparisonToMarkdown } from '../reports/compare/markdown.js';
import { MATRIX_MARKERS, matrixSummary, replaceMatrix } from '../reports/compare/matrix-summary.js';
import { comparisonToHtml } from '../reports/compare/page.js';
import { type ServerView, viewServer } from '../reports/compare/server.js';
import { readResult } from '../reports/read.js';
import { specName } from '../reports/scoreboard.js';
import { withOneOption } from './one-option.js';
import { REAL_TARGETS, type RealTargetName, startRealTarget } from './real-target.js';
import { runCli } from './run-cli.js';

const USAGE = `usage: matrix [--from DIR]
Judges the embedded server in both modes and every real server that scripts/targets can start, with contacts by
federation, compares them, and writes the summary into README.md. With --from it takes the results DIR/NAME/results.json that are there already.
`;

/** A server of the matrix; the embedded one is judged in the mode of the specification. */
type Entry = { readonly name: RealTargetName } | { readonly name: string; readonly mode: Spec };

const ENTRIES: readonly Entry[] = [
  { name: 'embedded-rfc3921', mode: 'rfc3921' },
  { name: 'embedded-rfc6121', mode: 'rfc6121' },
  ...REAL_TARGETS.map((name) => ({ name })),
];

/** Judges or reads all servers, and writes what the comparison says. */
async function matrix(from: string | undefined): Promise<undefined> {
  const folder = join(packageRoot(), 'conform-reports', 'matrix');
  mkdirSync(folder, { recursive: true });
  if (from === undefined) for (const entry of ENTRIES) await judge(entry, join(folder, entry.name));
  const views = ENTRIES.map((entry) => viewOf(entry, join(from ?? folder, entry.name)));
  const all = compareServers(views);
  writeFileSync(join(folder, 'compare.html'), comparisonToHtml(all));
  writeFileSync(join(folder, 'compare.md'), comparisonToMarkdown(all));
  const real = compareServers(views.filter((_, index) => !('mode' in (ENTRIES[index] ?? {}))));
  const readme = join(packageRoot(), 'README.md');
  const written = replaceMatrix(readFileSync(readme, 'utf8'), matrixSummary(all, real));
  if (written === undefined) {
    const { begin, end } = MATRIX_MARKERS;
    throw new Error(`${readme} has no place for the summary: put ${begin} and ${end} where it belongs.`);
  }
  writeFileSync(readme, written);
  process.stdout.write(
    `Written   ${join(folder, 'compare.html')}\n          ${join(folder, 'compare.md')}\n          ${readme}\n`,
  );
}

async function judge(entry: Entry, output: string): Promise<void> {
  process.stdout.write(`Judging ${entry.name} ...\n`);
  rmSync(output, { recursive: true, force: true });
  const reports = ['--quiet', '--output', output, '--formats', 'json'];
  if ('mode' in entry) return runCli(['--s2s', '--spec', entry.mode, ...reports]);
  const target = await startRealTarget(entry.name, 's2s');
  try {
    await runCli([...target.options, ...reports]);
  } finally {
    await target.stop();
  }
}

function viewOf(entry: Entry, folder: string): ServerView {
  const result = readResult(folder);
  if (result.interrupted !== '') throw new Error(`${entry.name} could not be judged: ${result.interrupted}`);
  if ('mode' in entry) {
    const view = viewServer(`embedded (${specName(entry.mode)})`, result);
    return { ...view, software: `xmpp-conform ${version()}` };
  }
  const view = viewServer(entry.name, result);
  return view.software === '' ? { ...view, software: `${entry.name} ${packagedVersion(entry.name)}` } : view;
}

/** The upstream version of a Debian package. */
function packagedVersion(name: string): string {
  try {
    const told = execFileSync('dpkg-query', ['-W', '-f', `\${Version}`, name], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return told.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
  } catch {
    return '(version unknown)';
  }
}

await withOneOption('from', USAGE, matrix);
