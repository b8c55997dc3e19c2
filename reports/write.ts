import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '../harness/verdict/result.js';
import { clientAssets } from './html/assets.js';
import { toHtml } from './html/page.js';
import { RESULT_FILE, toJson } from './json.js';
import { toJUnit } from './junit.js';
import { toMarkdown } from './markdown.js';
import { toTap } from './tap.js';

/** A report that goes to a file. */
export type ReportFormat = 'json' | 'junit' | 'tap' | 'markdown' | 'html';

/** Every format, in the order in which reports are written. */
export const REPORT_FORMATS: readonly ReportFormat[] = ['json', 'junit', 'tap', 'markdown', 'html'];

const REPORTS: Readonly<Record<ReportFormat, { name: string; render: (result: RunResult) => string }>> = {
  json: { name: RESULT_FILE, render: toJson },
  junit: { name: 'junit.xml', render: toJUnit },
  tap: { name: 'results.tap', render: toTap },
  markdown: { name: 'summary.md', render: toMarkdown },
  html: { name: 'report.html', render: (result) => toHtml(result, clientAssets()) },
};

/**
 * One report as text, for who keeps it elsewhere than in a file.
 * @throws {RangeError} when there is no such format
 */
export function renderReport(result: RunResult, format: ReportFormat): string {
  if (!Object.hasOwn(REPORTS, format)) {
    throw new RangeError(`There is no report "${format}"; the formats are ${REPORT_FORMATS.join(', ')}.`);
  }
  return REPORTS[format].render(result);
}

/** A report could not be written; the message says which, why and what to do. */
export class ReportError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ReportError';
  }
}

/**
 * Writes reports, each complete or not at all; one that fails doesn't keep the others from being written.
 * @param directory is created where it doesn't exist
 * @returns paths of the files written
 * @throws {ReportError} naming the first report that could not be written
 */
export async function writeReports(
  result: RunResult,
  directory: string,
  formats: readonly ReportFormat[],
): Promise<string[]> {
  if (formats.length === 0) return [];
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw failure(directory, 'create the report directory', error);
  }
  const written: string[] = [];
  const failures: ReportError[] = [];
  for (const format of formats) {
    const { name, render } = REPORTS[format];
    const path = join(directory, name);
    try {
      await replaceFile(path, render(result));
      written.push(path);
    } catch (error) {
      failures.push(failure(path, 'write the report', error));
    }
  }
  const [first] = failures;
  if (first) throw first;
  return written;
}

async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function failure(path: string, task: string, error: unknown): ReportError {
  const why = error instanceof Error ? error.message : String(error);
  return new ReportError(
    `Can't ${task} ${path} (${why}): make it writable or choose another directory.`,
    error,
  );
}
