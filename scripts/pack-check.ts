import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../harness/paths.js';

/** What a project of users compiles; no declarations of Node are there. */
const TYPED = `import { type ClauseResult, type RunResult, type RunOptions, readResult, renderReport, run, UsageError } from 'xmpp-conform';

const options: RunOptions = { only: ['session/*'], onCase: (item, done) => void (done === 1 && item.outcome === 'pass') };
const result: RunResult = await run(options);
const broken: readonly ClauseResult[] = result.clauses.filter((clause) => clause.outcome === 'fail');
export const text: string = renderReport(result, 'junit') + String(broken.length) + readResult('results.json').startedAt;
export const isUsage = (error: unknown): boolean => error instanceof UsageError && error.exitStatus === 2;
`;

/** What it runs. */
const PLAIN = `import { renderReport, run } from 'xmpp-conform';
import schema from 'xmpp-conform/result.schema.json' with { type: 'json' };

const result = await run({ only: ['session/*'] });
for (const format of ['json', 'junit', 'tap', 'html', 'markdown']) {
  if (renderReport(result, format) === '') throw new Error(format + ' is empty.');
}
if (schema.title === undefined) throw new Error('The schema has no title.');
process.exitCode = result.exitStatus;
`;

/**
 * Packs the package, installs it into an empty project and uses it there: the command, the import, and its declarations
 * by the compiler at its strictest. Fails with what went wrong.
 */
function check(): void {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-pack-'));
  const project = join(folder, 'project');
  const call = (cwd: string, program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    mkdirSync(project);
    // It was built just now, and its own scripts would print into what is read here.
    const packed = call(
      packageRoot(),
      'npm',
      'pack',
      '--json',
      '--ignore-scripts',
      '--pack-destination',
      folder,
    );
    const [{ filename, size, files }] = JSON.parse(packed) as [
      { filename: string; size: number; files: { path: string }[] },
    ];
    const stray = files.filter(({ path }) => /\.test\.|^dist\/scripts|tsbuildinfo/.test(path));
    if (stray.length > 0) throw new Error(`The package holds ${stray.map(({ path }) => path).join(', ')}.`);
    writeFileSync(join(project, 'package.json'), '{ "name": "user", "private": true, "type": "module" }\n');
    call(
      project,
      'npm',
      'install',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--loglevel=error',
      join(folder, filename),
    );

    const reports = join(folder, 'reports');
    call(
      project,
      'npx',
      '--no-install',
      'xmpp-conform',
      '--only',
      'session/*',
      '--quiet',
      '--output',
      reports,
    );
    const { cases } = JSON.parse(readFileSync(join(reports, 'results.json'), 'utf8')) as { cases: unknown[] };
    if (cases.length === 0) throw new Error('The installed command played no case.');

    writeFileSync(join(project, 'plain.js'), PLAIN);
    call(project, process.execPath, 'plain.js');

    writeFileSync(join(project, 'typed.ts'), TYPED);
    const compiler = join(packageRoot(), 'node_modules', 'typescript', 'bin', 'tsc');
    call(
      project,
      process.execPath,
      ...[compiler, '--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'],
      ...['--module', 'nodenext', '--target', 'es2022', '--types', '', 'typed.ts'],
    );
    process.stdout.write(
      `${filename}, ${Math.round(size / 1024)} KiB, ${files.length} files: command, import and declarations work when installed.\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

check();
