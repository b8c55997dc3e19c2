import { resolve } from 'node:path';
import { displayPath, readFixture } from './fixture.js';
import { attribute, children, line } from './scenario/load.js';
import type { KnownFailure } from './verdict/known.js';

/**
 * Reads a file of known failures.
 * @param file as the user gave it, relative to the working directory
 * @throws FixtureError
 */
export function loadKnownFailures(file: string): KnownFailure[] {
  const shown = displayPath(resolve(file));
  const root = readFixture(resolve(file), 'known-failures');
  return children(root).flatMap((failure) => {
    const textsOf = (name: string) =>
      children(failure, name).map((node) => (node.textContent ?? '').trim().replaceAll(/\s+/g, ' '));
    return children(failure, 'case').map(
      (node): KnownFailure => ({
        kind: failure.localName === 'blocked' ? 'blocked' : 'broken',
        clause: attribute(failure, 'clause'),
        scenario: attribute(node, 'scenario'),
        case: attribute(node, 'name'),
        differences: textsOf('expected-difference'),
        why: textsOf('why').join(' '),
        evidence: textsOf('evidence').join(' '),
        source: `${shown}:${line(node)}`,
      }),
    );
  });
}
