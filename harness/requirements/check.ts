import type { Clause } from './clause.js';

/**
 * What the schema can't see: ids used twice, references that lead nowhere, to the wrong RFC or only one way, and
 * reasons for not judging where they don't belong.
 * @param clauses of all catalogues together
 * @returns one sentence a fault, by file and line; empty when all is sound
 */
export function findFaults(clauses: readonly Clause[]): string[] {
  const known = new Map<string, Clause>();
  const faults: string[] = [];
  for (const clause of clauses) {
    const earlier = known.get(clause.id);
    if (earlier === undefined) known.set(clause.id, clause);
    else faults.push(at(clause, `is already defined in ${earlier.file}:${earlier.line}; give it another id`));
  }
  for (const clause of clauses) {
    faults.push(
      ...referenceFaults(clause, 'contradicts', known),
      ...referenceFaults(clause, 'differs', known),
      ...unjudgedFaults(clause),
    );
  }
  return faults;
}

function referenceFaults(
  clause: Clause,
  relation: 'contradicts' | 'differs',
  known: ReadonlyMap<string, Clause>,
): string[] {
  return clause[relation].flatMap((id) => {
    const target = known.get(id);
    if (target === undefined) return [at(clause, `${relation} ${id}, which is no clause`)];
    if (target === clause) return [at(clause, `${relation} itself`)];
    if (relation === 'contradicts' && target.spec !== clause.spec)
      return [at(clause, `contradicts ${id}, a clause of the other specification; use differs`)];
    if (relation === 'differs' && target.spec === clause.spec)
      return [at(clause, `differs from ${id}, a clause of the same specification; use contradicts`)];
    if (!target[relation].includes(clause.id))
      return [at(clause, `${relation} ${id}, but ${target.file}:${target.line} does not say so in return`)];
    return [];
  });
}

function unjudgedFaults(clause: Clause): string[] {
  if (clause.unjudged === undefined)
    return clause.why === '' ? [] : [at(clause, 'says why it is not judged, but lacks unjudged')];
  if (clause.role === 'client')
    return [at(clause, 'speaks about clients, which are never judged; remove unjudged and why')];
  return clause.why === '' ? [at(clause, 'is unjudged, but does not say why')] : [];
}

function at(clause: Clause, fault: string): string {
  return `${clause.file}:${clause.line}: ${clause.id} ${fault}`;
}
