import { join } from 'node:path';
import { expect } from 'chai';
import { displayPath, FixtureError, parseFixture, readFixture } from './fixture.js';
import { packageRoot } from './paths.js';
import { complaintsAbout } from './scenario/written.support.test.js';

describe('readFixture', () => {
  it('reads a file of the package, checked by its schema, with line numbers', () => {
    const root = readFixture('fixtures/states.xml', 'states');
    expect(root.localName).to.equal('states');
    expect(root.getElementsByTagName('state')[0]?.lineNumber).to.be.greaterThan(1);
  });

  it('names the file that can not be read', () => {
    expect(() => readFixture('fixtures/nowhere.xml', 'states')).to.throw(
      FixtureError,
      /^fixtures\/nowhere\.xml: can't be read: ENOENT/,
    );
  });
});

describe('parseFixture', () => {
  const parse = (text: string) => complaintsAbout(() => parseFixture(text, 'text.xml', 'states'));

  it('complains by name and line, without the namespace of the language', () => {
    const [complaint] = parse('<states xmlns="urn:xmpp-conform:states:1">\n<state/>\n</states>');
    expect(complaint).to.match(/^text\.xml:2: Element 'state'/);
    expect(complaint).not.to.include('urn:xmpp-conform');
  });

  it('complains of what is no XML, and of nothing at all', () => {
    expect(parse('<states>\n<state>')[0]).to.match(/^text\.xml:2: /);
    expect(parse('')).to.deep.equal(['text.xml:1: holds no XML']);
  });
});

describe('displayPath', () => {
  it('is relative to the package, else to where one stands, else absolute', () => {
    expect(displayPath(join(packageRoot(), 'fixtures', 'states.xml'))).to.equal('fixtures/states.xml');
    expect(displayPath('/nowhere/at/all.xml')).to.equal('/nowhere/at/all.xml');
  });
});
