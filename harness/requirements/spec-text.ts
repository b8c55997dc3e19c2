/** One numbered section of a specification's text, without its subsections. */
export interface SpecSection {
  /** As printed: `5.1.6`, `A.2.1`, or `A` for "Appendix A". */
  readonly number: string;
  readonly title: string;
  /** The lines under the heading, joined by newlines, page furniture left out. */
  readonly text: string;
}

/** One occurrence of a requirement keyword (RFC 2119) in a section. */
export interface KeywordOccurrence {
  /** Counted from 1 in reading order within the section. */
  readonly ordinal: number;
  readonly keyword: string;
  /** The words around it, white space collapsed, to find it by. */
  readonly context: string;
}

/** Headings stand in the first column; numbered list items and the table of contents are indented. */
const HEADING = /^(?:Appendix )?((?:\d+|[A-Z])(?:\.\d+)*)\. {2}(\S.*)$/;
const PAGE_FURNITURE = /^\f|^RFC \d+ .*\b(?:19|20)\d{2}$|\[Page \d+\]$/;

/**
 * "stands for SHOULD NOT" (the legends of the tables in RFC 6121, appendix A) and "MUST-level" speak about a
 * keyword and demand nothing.
 */
const KEYWORD =
  /(?<!stands for )\b(?:MUST NOT|MUST|SHALL NOT|SHALL|SHOULD NOT|SHOULD|NOT RECOMMENDED|RECOMMENDED|REQUIRED|MAY|OPTIONAL)\b(?!-level)/g;

const CONTEXT_BEFORE = 60;
const CONTEXT_AFTER = 70;

/** The ends of sections too: what follows a subsection is the text of the section around it. */
const XEP_SECTION = /<section\d\b[^>]*?\btopic=(["'])(.*?)\1[^>]*>|<\/section\d>/g;
const XEP_MARKUP = /<!\[CDATA\[|\]\]>|<[^<>]*>/g;

/**
 * Splits a document into its numbered sections, in reading order.
 * @param text the whole document: the text form of an RFC, or the XML source of a XEP
 */
export function splitSections(text: string): SpecSection[] {
  return text.startsWith('<?xml') ? sectionsOfXep(text) : sectionsOfRfc(text);
}

/** The source of a XEP doesn't print the numbers of its sections; they are counted, as everyone cites them. */
function sectionsOfXep(source: string): SpecSection[] {
  const sections: { number: string; title: string; text: string }[] = [];
  const around: { section: (typeof sections)[number]; subsections: number }[] = [];
  let count = 0;
  let from = 0;
  for (const { index, 0: tag, 2: title } of source.matchAll(XEP_SECTION)) {
    const outer = around.at(-1);
    if (outer !== undefined) outer.section.text += source.slice(from, index).replaceAll(XEP_MARKUP, ' ');
    from = index + tag.length;
    if (title === undefined) {
      around.pop();
      continue;
    }
    const number = outer === undefined ? `${++count}` : `${outer.section.number}.${++outer.subsections}`;
    const section = { number, title, text: '' };
    sections.push(section);
    around.push({ section, subsections: 0 });
  }
  return sections;
}

function sectionsOfRfc(text: string): SpecSection[] {
  const sections: { number: string; title: string; lines: string[] }[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (PAGE_FURNITURE.test(line)) continue;
    const heading = HEADING.exec(line);
    if (heading !== null) {
      const [, number = '', title = ''] = heading;
      sections.push({ number, title: title.trim(), lines: [] });
    } else {
      sections.at(-1)?.lines.push(line);
    }
  }
  return sections.map(({ number, title, lines }) => ({ number, title, text: lines.join('\n') }));
}

/**
 * Finds the requirement keywords in the text of one section; a keyword broken over two lines is one occurrence.
 * @param text as in {@link SpecSection}
 */
export function findKeywords(text: string): KeywordOccurrence[] {
  const flat = text.replace(/\s+/g, ' ');
  return Array.from(flat.matchAll(KEYWORD), (match, index) => ({
    ordinal: index + 1,
    keyword: match[0],
    context: flat.slice(Math.max(0, match.index - CONTEXT_BEFORE), match.index + CONTEXT_AFTER).trim(),
  }));
}
