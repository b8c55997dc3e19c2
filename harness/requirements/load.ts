import { join } from 'node:path';
import type { Element as DomElement } from '@xmldom/xmldom';
import { displayPath, FixtureError, parseFixture, readFixture } from '../fixture.js';
import { packageRoot } from '../paths.js';
import type { Level, Spec } from '../verdict/result.js';
import { findFaults } from './check.js';
import type { CatalogueSection, Clause, UnjudgedReason } from './clause.js';

export type { CatalogueSection, Clause, UnjudgedReason } from './clause.js';

/** The clauses of both RFCs. */
export interface Catalogue {
  /** In the order of the RFCs, by full id. */
  readonly clauses: ReadonlyMap<string, Clause>;
  /** Also those sections that demand nothing. */
  readonly sections: readonly CatalogueSection[];
  /**
   * The clause with this full id.
   * @throws RangeError when there is none
   */
  get(id: string): Clause;
  /** The clauses of one RFC, in its order. */
  bySpec(spec: Spec): readonly Clause[];
}

const SPECS: readonly Spec[] = ['rfc3921', 'rfc6121'];

function catalogueFile(spec: Spec): string {
  return join(packageRoot(), 'fixtures', 'requirements', `${spec}.xml`);
}

/**
 * Loads the clause catalogues, checked against their schema and for sound references.
 * @throws FixtureError with file and line of every fault
 */
export function loadCatalogue(): Catalogue {
  return catalogueOf(
    SPECS.flatMap((spec) => {
      const file = catalogueFile(spec);
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
  const spec = attribute(root, 'spec') as Spec;
  return children(root).map((section) => {
    const number = attribute(section, 'number');
    return {
      spec,
      number,
      title: attribute(section, 'title'),
      complete: ['true', '1'].includes(attribute(section, 'complete')),
      clauses: children(section).map((clause) => clauseOf(clause, spec, number, file)),
      file,
      line: section.lineNumber ?? 0,
    };
  });
}

/** The values were checked by the schema, which has the same enumerations. */
function clauseOf(node: DomElement, spec: Spec, section: string, file: string): Clause {
  return {
    id: `${spec}:${section}/${attribute(node, 'id')}`,
    spec,
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
