import { expect } from 'chai';
import { element, NS } from '../wire/element.js';
import { mayEnd } from './endings.js';
import type { Exchange } from './types.js';

const PLACED = { line: 1, when: '' };
const streamError = element('error', NS.streams);

function endings(...checks: Exchange['checks']): string[] {
  return [...mayEnd(checks)];
}

describe('mayEnd', () => {
  it('names the places of which a check says that the stream is closed, or is not', () => {
    const check = { ...PLACED, what: 'stream', proves: [] } as const;
    expect(
      endings({ ...check, kind: 'closed', at: ['a/b'] }, { ...check, kind: 'open', at: ['c/d', 'e/f'] }),
    ).to.deep.equal(['a/b', 'c/d', 'e/f']);
  });

  it('names those at which a stream error is expected, also as an alternative', () => {
    const expected = {
      ...PLACED,
      kind: 'expect',
      id: '',
      times: undefined,
      asserts: [],
      proves: [],
    } as const;
    expect(endings({ ...expected, at: ['a/b'], template: streamError })).to.deep.equal(['a/b']);
    expect(endings({ ...expected, at: ['a/b'], template: element('message', NS.client) })).to.deep.equal([]);
    const parts = [
      { kind: 'expect', at: ['a/b'], template: element('iq', NS.client), line: 1 },
      { kind: 'expect', at: ['c/d'], template: streamError, line: 1 },
    ] as const;
    const choice = { ...PLACED, kind: 'one-of', name: 'n', proves: [] } as const;
    expect(endings({ ...choice, options: [{ name: 'o', inOrder: false, parts, proves: [] }] })).to.deep.equal(
      ['c/d'],
    );
  });

  it('names none where only order is judged', () => {
    expect(
      endings({
        ...PLACED,
        kind: 'order',
        at: ['a/b'],
        first: 'x',
        // biome-ignore lint/suspicious/noThenProperty: the attribute is called so in the language
        then: 'y',
        proves: [],
      }),
    ).to.deep.equal([]);
  });
});
