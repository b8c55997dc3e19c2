import { expect } from 'chai';
import type { JobResult } from './job.js';
import { joined, shares } from './survey.js';

const part = (parts: Partial<JobResult>): JobResult => {
  return { cases: [], interrupted: '', preflight: '3 component', noticed: {}, ...parts };
};

describe('shares', () => {
  it('deals everything out once, evenly', () => {
    expect(shares(['a', 'b', 'c', 'd', 'e'], 2)).to.deep.equal([
      ['a', 'c', 'e'],
      ['b', 'd'],
    ]);
  });

  it('makes no empty share, and at least one', () => {
    expect(shares(['a'], 3)).to.deep.equal([['a']]);
    expect(shares(['a', 'b'], 0.5)).to.deep.equal([['a', 'b']]);
  });
});

describe('joined', () => {
  it('gathers what was noticed in each part', () => {
    const { noticed, preflight } = joined([
      part({ noticed: { echo: ['area/one'], late: ['area/one'] } }),
      part({ noticed: { echo: ['area/two'] } }),
    ]);
    expect(noticed).to.deep.equal({ echo: ['area/one', 'area/two'], late: ['area/one'] });
    expect(preflight).to.equal('3 component');
  });

  it('ended early when any part did', () => {
    expect(joined([part({}), part({ interrupted: 'lost' })]).interrupted).to.equal('lost');
  });
});
