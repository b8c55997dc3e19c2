import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { End, InteropResult } from '../../harness/interop/result.js';
import { ReportError } from '../write.js';
import { interopToMarkdown } from './markdown.js';
import { interopMatrix } from './matrix.js';
import { interopToHtml } from './page.js';

/**
 * Writes the matrix for people (`matrix.html`, `matrix.md`) and each ordered pair for programs (`TARGET-to-PEER.json`).
 * @param directory is created where it doesn't exist
 * @returns paths of the files written
 * @throws {ReportError} naming the directory
 */
export async function writeInterop(results: readonly InteropResult[], directory: string): Promise<string[]> {
  const matrix = interopMatrix(results);
  const files = new Map([
    ['matrix.html', interopToHtml(matrix)],
    ['matrix.md', interopToMarkdown(matrix)],
    ...results.map((result) => [pairFile(result), `${JSON.stringify(result, null, 2)}\n`] as const),
  ]);
  try {
    await mkdir(directory, { recursive: true });
    for (const [name, text] of files) await writeFile(join(directory, name), text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReportError(
      `The reports can't be written to ${directory}: ${why}; choose another directory with --output.`,
      error,
    );
  }
  return [...files.keys()].map((name) => join(directory, name));
}

/** A file name of letters, digits, dots and hyphens alone, whatever the servers are called. */
export function pairFile({ target, peer }: Readonly<Record<End, { readonly name: string }>>): string {
  const safe = (name: string) =>
    name
      .replace(/[^A-Za-z0-9.-]+/g, '_')
      .replace(/^\.+/, '_')
      .slice(0, 100);
  return `${safe(target.name)}-to-${safe(peer.name)}.json`;
}
