import { expect } from 'chai';
import { clip, count, duration, oneLine, printable, wrap } from './text.js';

describe('text', () => {
  it('shows what could not be seen and keeps line feed and tab', () => {
    expect(printable('a\u0000\u001b[1m\n\t\u2028\ud800z😀')).to.equal(
      'a\\u{0}\\u{1B}[1m\n\t\\u{2028}\\u{D800}z😀',
    );
  });

  it('folds white space into one line', () => {
    expect(oneLine('  a\r\n\tb  ')).to.equal('a b');
  });

  it('clips without splitting a surrogate pair', () => {
    expect(clip('abc', 3)).to.equal('abc');
    expect(clip('a😀bc', 2)).to.equal('a… (4 more characters)');
  });

  it('wraps at spaces, before tags, and hard where there is neither', () => {
    expect(wrap('one two three', 8)).to.deep.equal(['one two', 'three']);
    expect(wrap('<aaaaa/><b/>', 10)).to.deep.equal(['<aaaaa/>', '<b/>']);
    expect(wrap('abcdefgh', 3)).to.deep.equal(['abc', 'def', 'gh']);
    expect(wrap('a\nb', 10)).to.deep.equal(['a', 'b']);
  });

  it('counts and tells durations in words', () => {
    expect([count(1, 'case'), count(2, 'case'), count(0, 'entry', 'entries')]).to.deep.equal([
      '1 case',
      '2 cases',
      '0 entries',
    ]);
    expect([duration(12.4), duration(1500), duration(125_000)]).to.deep.equal([
      '12 ms',
      '1.5 s',
      '2 min 5 s',
    ]);
  });
});
