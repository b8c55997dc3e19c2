import type { Level } from '../verdict/result.js';
import type { CatalogueSection } from './clause.js';
import type { DocumentName } from './documents.js';
import { findKeywords, type KeywordOccurrence, splitSections } from './spec-text.js';

/** How well the catalogue of one RFC covers the keywords of its text. */
export interface ClaimReport {
  readonly document: DocumentName;
  readonly clauses: number;
  readonly sections: number;
  readonly completeSections: number;
  /** Keyword occurrences in the sections that the catalogue calls complete. */
  readonly keywords: number;
  /** Those of them that a clause states. */
  readonly claimed: number;
  /** One sentence a fault, by file and line; empty when the catalogue holds. */
  readonly faults: readonly string[];
}

/** RFC 2119 gives some levels more than one word. */
const LEVELS: Readonly<Record<string, Level>> = {
  MUST: 'MUST',
  SHALL: 'MUST',
  REQUIRED: 'MUST',
  'MUST NOT': 'MUST NOT',
  'SHALL NOT': 'MUST NOT',
  SHOULD: 'SHOULD',
  RECOMMENDED: 'SHOULD',
  'SHOULD NOT': 'SHOULD NOT',
  'NOT RECOMMENDED': 'SHOULD NOT',
  MAY: 'MAY',
  OPTIONAL: 'MAY',
};

/**
 * Compares what the clauses of one RFC claim with the keywords in its text: every keyword of a complete section is
 * claimed, no claim counts past the end, and a clause has the level of one of the keywords that it claims.
 * @param sections of one catalogue
 * @param text the whole RFC
 */
export function compareClaims(
  document: DocumentName,
  sections: readonly CatalogueSection[],
  text: string,
): ClaimReport {
  const texts = new Map(splitSections(text).map((section) => [section.number, section.text]));
  const faults: string[] = [];
  let keywords = 0;
  let claimed = 0;
  for (const section of sections) {
    const body = texts.get(section.number);
    if (body === undefined) {
      faults.push(
        `${section.file}:${section.line}: the text of ${document} has no section ${section.number}`,
      );
      continue;
    }
    const found = findKeywords(body);
    faults.push(...claimFaults(section, found));
    if (!section.complete) continue;
    const claims = new Set(section.clauses.flatMap((clause) => clause.claims));
    const unclaimed = found.filter((keyword) => !claims.has(keyword.ordinal));
    keywords += found.length;
    claimed += found.length - unclaimed.length;
    faults.push(
      ...unclaimed.map(
        ({ ordinal, keyword, context }) =>
          `${section.file}:${section.line}: no clause of section ${section.number} claims ${keyword} number ${ordinal}: "${context}"`,
      ),
    );
  }
  return {
    document,
    clauses: sections.reduce((sum, section) => sum + section.clauses.length, 0),
    sections: sections.length,
    completeSections: sections.filter((section) => section.complete).length,
    keywords,
    claimed,
    faults,
  };
}

function claimFaults(section: CatalogueSection, found: readonly KeywordOccurrence[]): string[] {
  return section.clauses.flatMap((clause) => {
    const where = `${clause.file}:${clause.line}: ${clause.id}`;
    const beyond = clause.claims.filter((ordinal) => ordinal > found.length);
    if (beyond.length > 0)
      return [`${where} claims keyword ${beyond.join(' ')}, but the section has only ${found.length}`];
    const levels = new Set(clause.claims.map((ordinal) => LEVELS[found[ordinal - 1]?.keyword ?? '']));
    if (levels.size > 0 && !levels.has(clause.level))
      return [`${where} is a ${clause.level}, but what it claims is ${[...levels].join(', ')}`];
    return [];
  });
}
