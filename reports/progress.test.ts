import { expect } from 'chai';
import { ProgressLine } from './progress.js';
import { PLAIN } from './style.js';
import { sampleCase } from './testing/sample.js';

describe('ProgressLine', () => {
  let written: string[];
  let time: number;
  const line = (isTTY: boolean, quiet = false) => {
    const stream = { isTTY, columns: 60, write: (text: string) => written.push(text) };
    return new ProgressLine(stream, PLAIN, quiet, () => time);
  };

  beforeEach(() => {
    written = [];
    time = 1000;
  });

  it('draws over one line on a terminal, not too often, and erases it', () => {
    const progress = line(true);
    for (let done = 1; done <= 100; done += 1) {
      time += 10;
      progress.caseEnded(sampleCase({ outcome: done === 1 ? 'fail' : 'pass' }), done, 200);
    }
    progress.stop();
    progress.stop();
    expect(written).to.have.lengthOf(11);
    expect(written[0]).to.equal('\r\u001b[K1/200 cases, 0 %, 1 failed, 10 ms, 100 cases/s');
    expect(written[9]).to.equal('\r\u001b[K91/200 cases, 45 %, 1 failed, 910 ms, 100 cases/s');
    expect(written[10]).to.equal('\r\u001b[K');
  });

  it('shows the current rate, not the average', () => {
    const progress = line(true);
    for (let done = 1; done <= 50; done += 1) progress.caseEnded(sampleCase(), done, 60);
    time += 20_000;
    progress.caseEnded(sampleCase(), 51, 60);
    progress.stop();
    expect(written.at(-2)).to.match(/20\.0 s, 0\.2 cases\/s$/);
  });

  it('writes a line every five seconds elsewhere', () => {
    const progress = line(false);
    for (let done = 1; done <= 12; done += 1) {
      time += 1000;
      progress.caseEnded(sampleCase(), done, 12);
    }
    progress.stop();
    expect(written).to.deep.equal([
      '5/12 cases, 41 %, 0 failed, 5.0 s, 1.0 cases/s\n',
      '10/12 cases, 83 %, 0 failed, 10.0 s, 1.0 cases/s\n',
    ]);
  });

  it('writes nothing when quiet', () => {
    const progress = line(true, true);
    progress.caseEnded(sampleCase(), 1, 1);
    progress.stop();
    expect(written).to.deep.equal([]);
  });
});
