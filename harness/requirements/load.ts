import { join } from 'node:path';
import type { Element as DomElement } from '@xmldom/xmldom';
import { displayPath, FixtureError, parseFixture, readFixture } from '../fixture.js';
import { packageRoot } from '../paths.js';
import type { Level, Spec } from '../verdict/result.js';
import { findFaults } from './check.js';
import type { CatalogueSection, Clause, UnjudgedReason } from './clause.js';
import { DOCUMENT_NAMES, DOCUMENTS, type DocumentName } from './documents.js';

/** The clauses of all documents. */
export interface Catalogue {
  /** In the order of the documents, by full id. */
  readonly clauses: ReadonlyMap<string, Clause>;
  /** Also those sections that demand nothing. */
  readonly sections: readonly CatalogueSection[];
  /**
   * The clause with this full id.
   * @throws RangeError when there is none
   */
  get(id: string): Clause;
  /** The clauses of one specification, those of its core after its own. */
  bySpec(spec: Spec): readonly Clause[];
}

function catalogueFile(document: DocumentName): string {
  return join(packageRoot(), 'fixtures', 'requirements', `${document}.xml`);
}

/**
 * Loads the clause catalogues, checked against their schema and for sound references.
 * @throws FixtureError with file and line of every fault
 */
export function loadCatalogue(): Catalogue {
  return catalogueOf(
    DOCUMENT_NAMES.flatMap((document) => {
      const file = catalogueFile(document);
      return sectionsOf(readFixture(file, 'requirements'), displayPath(file));
    }),
  );
}

/**
 * As {@link loadCatalogue}, for texts that are already there.
 * @param texts catalogue documents by the name that complaints give them
 * @throws FixtureError with file and line of every fault
 */
export function parseCatalogue(texts: Readonly<Record<string, string>>): Catalogue {
  return catalogueOf(
    Object.entries(texts).flatMap(([file, text]) =>
      sectionsOf(parseFixture(text, file, 'requirements'), file),
    ),
  );
}

function catalogueOf(sections: readonly CatalogueSection[]): Catalogue {
  const listed = sections.flatMap((section) => section.clauses);
  const faults = findFaults(listed);
  if (faults.length > 0) throw new FixtureError(faults);
  const clauses = new Map(listed.map((clause) => [clause.id, clause]));
  return {
    clauses,
    sections,
    get(id) {
      const clause = clauses.get(id);
      if (clause === undefined) throw new RangeError(`The requirement catalogues have no clause ${id}.`);
      return clause;
    },
    bySpec: (spec) => listed.filter((clause) => clause.spec === spec),
  };
}

function sectionsOf(root: DomElement, file: string): CatalogueSection[] {
  const document = attribute(root, 'document') as DocumentName;
  return children(root).map((section) => {
    const number = attribute(section, 'number');
    return {
      document,
      number,
      title: attribute(section, 'title'),
      complete: ['true', '1'].includes(attribute(section, 'complete')),
      clauses: children(section).map((clause) => clauseOf(clause, document, number, file)),
      file,
      line: section.lineNumber ?? 0,
    };
  });
}

/** The values were checked by the schema, which has the same enumerations. */
function clauseOf(node: DomElement, document: DocumentName, section: string, file: string): Clause {
  return {
    id: `${document}:${section}/${attribute(node, 'id')}`,
    document,
    spec: DOCUMENTS[document],
    section,
    level: attribute(node, 'level') as Level,
    role: attribute(node, 'role') as Clause['role'],
    summary: collapse(node.textContent ?? ''),
    contradicts: list(attribute(node, 'contradicts')),
    differs: list(attribute(node, 'differs')),
    unjudged: (node.getAttribute('unjudged') ?? undefined) as UnjudgedReason | undefined,
    why: collapse(attribute(node, 'why')),
    claims: list(attribute(node, 'claims')).map(Number),
    file,
    line: node.lineNumber ?? 0,
  };
}

function children(node: DomElement): DomElement[] {
  return Array.from(node.childNodes).filter((child): child is DomElement => child.nodeType === 1);
}

function attribute(node: DomElement, name: string): string {
  return node.getAttribute(name) ?? '';
}

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function list(value: string): string[] {
  return value.split(/\s+/).filter((item) => item !== '');
}
