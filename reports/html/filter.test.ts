import { expect } from 'chai';
import { ALL, formatHash, isAll, matcher, parseHash } from './client/filter.js';

describe('filters of the HTML report', () => {
  const subject = {
    status: 'fail',
    levels: ['MUST', 'SHOULD'],
    sections: ['rfc6121:2.3.2', 'rfc3921:7.4'],
    text: () => 'roster/set a name rfc6121:2.3.2/push the item is pushed',
  };
  const isShown = (filters: Partial<typeof ALL>) => matcher({ ...ALL, ...filters })(subject);

  it('show everything when nothing is chosen', () => {
    expect(isShown({})).to.equal(true);
    expect(isAll({ ...ALL, text: ' ' })).to.equal(true);
    expect(isAll({ ...ALL, level: ['MUST'] })).to.equal(false);
  });

  it('take one of the outcomes and of the levels chosen', () => {
    expect(isShown({ outcome: ['warn', 'fail'] })).to.equal(true);
    expect(isShown({ outcome: ['pass'] })).to.equal(false);
    expect(isShown({ level: ['SHOULD', 'MAY'] })).to.equal(true);
    expect(isShown({ level: ['MAY'] })).to.equal(false);
  });

  it('take a section with those below it, and a whole document', () => {
    for (const section of ['rfc6121', 'rfc6121:2', 'rfc6121:2.3', 'rfc6121:2.3.2', 'rfc3921:7'])
      expect(isShown({ section }), section).to.equal(true);
    for (const section of ['rfc6120', 'rfc6121:2.3.2.1', 'rfc6121:2.3.20', 'rfc3921:2', 'rfc612'])
      expect(isShown({ section }), section).to.equal(false);
  });

  it('want every word of the text, in either case', () => {
    expect(isShown({ text: ' PUSHED roster/' })).to.equal(true);
    expect(isShown({ text: 'pushed elsewhere' })).to.equal(false);
  });

  it('combine', () => {
    expect(isShown({ outcome: ['fail'], level: ['MUST'], section: 'rfc6121', text: 'name' })).to.equal(true);
    expect(isShown({ outcome: ['fail'], level: ['MAY'], section: 'rfc6121', text: 'name' })).to.equal(false);
  });

  it('go into the URL and come back', () => {
    const filters = {
      outcome: ['fail', 'warn'],
      level: ['MUST NOT'],
      section: 'rfc6121:2.3',
      text: 'a & b?=#,%,ü',
    };
    for (const anchor of ['', 'case:roster/set:a_name']) {
      expect(parseHash(formatHash(anchor, filters))).to.deep.equal({ anchor, filters });
    }
    expect(formatHash('', ALL)).to.equal('');
    expect(formatHash('cases', ALL)).to.equal('#cases');
  });

  it('are told apart from a link that names none, and bear with any hash', () => {
    expect(parseHash('#clause:a')).to.deep.equal({ anchor: 'clause:a', filters: undefined });
    expect(parseHash('#?').filters).to.deep.equal(ALL);
    expect(parseHash('#%E0%A4%A?text=%E0%A4%A&outcome=,,').filters?.outcome).to.deep.equal([]);
  });
});
