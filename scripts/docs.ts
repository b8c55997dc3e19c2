import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../harness/paths.js';
import { generatedPages, presentPages } from './docs/pages.js';

/** Writes the generated pages below docs, and removes those whose source is gone: `npm run docs`. */
function writePages(): void {
  const pages = generatedPages();
  for (const path of presentPages()) if (!pages.has(path)) rmSync(join(packageRoot(), path));
  for (const [path, text] of pages) {
    const file = join(packageRoot(), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  process.stdout.write(`${pages.size} pages written.\n`);
}

writePages();
