import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../harness/paths.js';

/** What runs and styles the page, as the sources have it. */
export interface Assets {
  readonly style: string;
  readonly script: string;
}

/** Modules of the client, each after those that it imports. */
const MODULES = ['filter.js', 'rows.js', 'details.js', 'keys.js', 'main.js'];

let assets: Assets | undefined;

/** Reads the client's stylesheet and modules; the modules become one, as a page that is a single file needs it. */
export function clientAssets(): Assets {
  const read = (name: string) => readFileSync(join(packageRoot(), 'reports', 'html', 'client', name), 'utf8');
  assets ??= { style: read('report.css'), script: MODULES.map((name) => inlined(read(name))).join('\n') };
  return assets;
}

/** A module without its imports and exports: what it needs stands before it in the same script. */
function inlined(source: string): string {
  return source
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/^export (?=(async )?function |const |class )/gm, '');
}
