import { coverageOf } from '../../harness/coverage.js';
import type { Fixtures } from '../../harness/fixtures.js';
import type { CatalogueSection, Clause } from '../../harness/requirements/clause.js';
import { DOCUMENT_NAMES, DOCUMENTS, type DocumentName } from '../../harness/requirements/documents.js';
import { specName } from '../../reports/scoreboard.js';
import { code, GENERATED, page, prose, table } from './markdown.js';
import { scenarioAnchor, scenarioPage } from './scenarios.js';

type Judged = ReadonlyMap<string, readonly string[]>;

/** The catalogues as pages, one for each document and one that lists them with their conflicts; by path below docs. */
export function clausePages(fixtures: Fixtures): Map<string, string> {
  const { judged } = coverageOf(fixtures);
  const documents = DOCUMENT_NAMES.map((document) => ({
    document,
    sections: fixtures.catalogue.sections.filter(
      (section) => section.document === document && section.clauses.length > 0,
    ),
  }));
  const pages = documents.map(({ document, sections }): [string, string] => [
    `clauses/${document}.md`,
    documentPage(document, sections, judged),
  ]);
  return new Map([['clauses/README.md', indexPage(fixtures, judged)], ...pages]);
}

function documentPage(document: DocumentName, sections: readonly CatalogueSection[], judged: Judged): string {
  return page([
    GENERATED,
    '',
    `# Clauses: ${nameOf(document)}`,
    '',
    `Judged with ${specName(DOCUMENTS[document])}. Made from [fixtures/requirements/${document}.xml](../../fixtures/requirements/${document}.xml), in words of our own.`,
    ...sections.flatMap((section) => [
      '',
      `## ${section.number} ${prose(section.title)}`,
      '',
      ...table(
        ['clause', 'level', 'what it demands', 'judged by'],
        section.clauses.map((clause) => row(clause, judged)),
      ),
    ]),
  ]);
}

function row(clause: Clause, judged: Judged): string[] {
  const id = clause.id.slice(clause.document.length + 1);
  const relations = [
    clause.contradicts.length > 0 ? ` Contradicts ${clause.contradicts.map(link).join(', ')}.` : '',
    clause.differs.length > 0 ? ` Can't be kept with ${clause.differs.map(link).join(', ')}.` : '',
  ];
  return [
    `<a id="${id}"></a>${code(id)}`,
    clause.level,
    `${prose(clause.summary)}${relations.join('')}`,
    judgedBy(clause, judged),
  ];
}

function judgedBy(clause: Clause, judged: Judged): string {
  const scenarios = judged.get(clause.id) ?? [];
  if (scenarios.length > 0) {
    return scenarios
      .map((id) => `[${id}](../${scenarioPage(id.slice(0, id.indexOf('/')))}#${scenarioAnchor(id)})`)
      .join(', ');
  }
  if (clause.role === 'client') return 'speaks of clients';
  return clause.unjudged === undefined
    ? 'not yet'
    : `not judgeable (${clause.unjudged}): ${prose(clause.why)}`;
}

function indexPage(fixtures: Fixtures, judged: Judged): string {
  const clauses = [...fixtures.catalogue.clauses.values()];
  const counts = DOCUMENT_NAMES.map((document) => {
    const own = clauses.filter((clause) => clause.document === document);
    const ofServer = own.filter((clause) => clause.role === 'server');
    const number = (test: (clause: Clause) => boolean) => String(ofServer.filter(test).length);
    return [
      `[${nameOf(document)}](${document}.md)`,
      specName(DOCUMENTS[document]),
      number((clause) => judged.has(clause.id)),
      number((clause) => !judged.has(clause.id) && clause.unjudged === undefined),
      number((clause) => clause.unjudged !== undefined),
      String(own.length - ofServer.length),
    ];
  });
  return page([
    GENERATED,
    '',
    '# Clauses',
    '',
    'What each document demands, statement by statement, with the scenarios that judge it. What the catalogue leaves out, and',
    'how a sentence that can be read in two ways was read, stands in the comments of its file.',
    '',
    ...table(['document', 'judged with', 'judged', 'not yet', 'not judgeable', 'of clients'], counts),
    '',
    '## Where a specification contradicts itself',
    '',
    'Such clauses form one choice: a server fails only when it keeps none of them.',
    '',
    ...rivalries(clauses, (clause) => clause.contradicts),
    '',
    '## Where both specifications can not be kept',
    '',
    'A server that follows one of them breaks the other here. A case counts by the one given with `--spec`.',
    '',
    ...rivalries(clauses, (clause) => clause.differs),
  ]);
}

/** Clauses that are linked with one another, directly or by way of others: a list for each such group. */
function rivalries(clauses: readonly Clause[], rivals: (clause: Clause) => readonly string[]): string[] {
  const groupOf = new Map<string, Set<string>>();
  for (const clause of clauses.filter((item) => rivals(item).length > 0)) {
    const joined = new Set([clause.id, ...rivals(clause)].flatMap((id) => [id, ...(groupOf.get(id) ?? [])]));
    for (const id of joined) groupOf.set(id, joined);
  }
  const byId = new Map(clauses.map((clause) => [clause.id, clause]));
  return [...new Set(groupOf.values())].flatMap((group) => {
    const members = clauses.filter(({ id }) => group.has(id));
    const [first] = members;
    if (first === undefined) return [];
    return [
      `### ${first.id}`,
      '',
      ...members.map((clause) => {
        const against = rivals(clause)
          .filter((id) => byId.has(id))
          .map(link);
        return `- ${link(clause.id)} ${clause.level}: ${prose(clause.summary)} Against ${against.join(', ')}.`;
      }),
      '',
    ];
  });
}

function link(id: string): string {
  const [document = '', rest = ''] = id.split(':');
  return `[${id}](${document}.md#${rest})`;
}

function nameOf(document: DocumentName): string {
  return document.replace(/^(rfc|xep)(\d+)$/, (_, kind: string, number: string) =>
    kind === 'rfc' ? `RFC ${number}` : `XEP-${number}`,
  );
}
