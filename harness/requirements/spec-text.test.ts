import { expect } from 'chai';
import { findKeywords, splitSections } from './spec-text.js';

const TEXT = `Table of Contents

   1.  Introduction  . . . . . . . . . . . . . . . . . . . . . . . .  1
     1.1.  Overview  . . . . . . . . . . . . . . . . . . . . . . . .  2

1.  Introduction

   Nothing is demanded here.

1.1.  Overview

   A server MUST
   NOT sleep, and it MUST

Author                      Standards Track                     [Page 7]
\f
RFC 9999                   Sleepless Servers                October 2004

   NOT yawn.

   1.  An item of a list MAY be
       numbered like a heading.

Appendix A.  States

   ("S.N." stands for SHOULD NOT.)

A.1.  Table

   |  "None"  |  MUST [1] |
   |  "To"    |  S.N.     |
`;

describe('the sections of a specification', () => {
  it('are split at their headings, not at the table of contents nor at numbered lists', () => {
    const sections = splitSections(TEXT);
    expect(sections.map(({ number, title }) => `${number} ${title}`)).to.deep.equal([
      '1 Introduction',
      '1.1 Overview',
      'A States',
      'A.1 Table',
    ]);
  });

  it('hold their own text only, without page headers and footers', () => {
    const overview = splitSections(TEXT)[1]?.text ?? '';
    expect(overview).to.include('An item of a list').and.to.include('NOT yawn');
    expect(overview).not.to.match(/\[Page 7\]|RFC 9999|Nothing is demanded/);
  });

  it('may end their lines with carriage returns', () => {
    expect(splitSections('1.  One\r\n\r\n   It MUST.\r\n')).to.deep.equal([
      { number: '1', title: 'One', text: '\n   It MUST.\n' },
    ]);
  });
});

describe('the sections of a XEP', () => {
  const XEP = `<?xml version="1.0"?>
<xep><header><remark><p>One MUST not look here.</p></remark></header>
<section1 topic="Introduction"><p>Nothing is demanded.</p></section1>
<section1 topic='The Protocol' anchor='protocol'>
  <p>It <em>MAY</em> rest.</p>
  <section2 topic="First"><p>It MUST push.<note>It SHOULD <code><![CDATA[<presence-in/>]]></code> say so.</note></p></section2>
  <section2 topic="Second"></section2>
  <p>It SHALL end.</p>
</section1></xep>`;

  it('are counted as they are cited, each with its own text', () => {
    const sections = splitSections(XEP);
    expect(sections.map(({ number, title }) => `${number} ${title}`)).to.deep.equal([
      '1 Introduction',
      '2 The Protocol',
      '2.1 First',
      '2.2 Second',
    ]);
    const keywords = sections.map(({ text }) =>
      findKeywords(text)
        .map(({ keyword }) => keyword)
        .join(),
    );
    expect(keywords).to.deep.equal(['', 'MAY,SHALL', 'MUST,SHOULD', '']);
  });
});

describe('requirement keywords', () => {
  const keywordsOf = (text: string): string[] => findKeywords(text).map(({ keyword }) => keyword);

  it('are counted in reading order, also when broken over lines and pages', () => {
    const found = findKeywords(splitSections(TEXT)[1]?.text ?? '');
    expect(found.map(({ ordinal, keyword }) => `${ordinal} ${keyword}`)).to.deep.equal([
      '1 MUST NOT',
      '2 MUST NOT',
      '3 MAY',
    ]);
    expect(found[1]?.context).to.include('it MUST NOT yawn');
  });

  it('are read with their negation, and in all words of RFC 2119', () => {
    expect(
      keywordsOf(
        'MUST, MUST NOT, SHALL, SHALL NOT, SHOULD, SHOULD NOT, MAY, REQUIRED, RECOMMENDED, OPTIONAL',
      ),
    ).to.deep.equal([
      'MUST',
      'MUST NOT',
      'SHALL',
      'SHALL NOT',
      'SHOULD',
      'SHOULD NOT',
      'MAY',
      'REQUIRED',
      'RECOMMENDED',
      'OPTIONAL',
    ]);
    expect(keywordsOf('It is NOT RECOMMENDED.')).to.deep.equal(['NOT RECOMMENDED']);
  });

  it('count in the cells of tables, where abbreviations do not', () => {
    expect(keywordsOf(splitSections(TEXT)[3]?.text ?? '')).to.deep.equal(['MUST']);
  });

  it('are not counted where the text only speaks about them', () => {
    expect(keywordsOf(splitSections(TEXT)[2]?.text ?? '')).to.deep.equal([]);
    expect(keywordsOf('this overrides a MUST-level requirement')).to.deep.equal([]);
  });

  it('are upper case and whole words', () => {
    expect(keywordsOf('one must not; MAYBE; OPTIONALLY; it may')).to.deep.equal([]);
  });
});
