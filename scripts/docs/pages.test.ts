import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../harness/paths.js';
import { generatedPages, presentPages } from './pages.js';

describe('the generated pages', () => {
  const pages = generatedPages();

  it('are what the fixtures say now, and no more', () => {
    const present = (path: string) => {
      const file = join(packageRoot(), path);
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    };
    const outdated = [...pages].filter(([path, text]) => present(path) !== text).map(([path]) => path);
    const gone = presentPages().filter((path) => !pages.has(path));
    expect([...outdated, ...gone], 'run "npm run docs"').to.deep.equal([]);
  });

  it('come out the same twice', () => {
    expect([...generatedPages()]).to.deep.equal([...pages]);
  });
});
