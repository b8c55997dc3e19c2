import { createHash } from 'node:crypto';

const MAX_NAME = 160;

/**
 * Ids of elements that links from outside can rely on: the same name gives the same id in every report. They hold
 * nothing that a URL would have to escape.
 */
export class Anchors {
  readonly #taken = new Set<string>();

  /**
   * Claims the id of a case or clause: `case:roster/set:a_name`, `clause:rfc6121:2.3.2/push`.
   * @param parts names, joined by colons; where two things have the same names, the later one's id gets a number
   */
  claim(kind: string, ...parts: readonly string[]): string {
    const wanted = anchorOf(kind, ...parts);
    let id = wanted;
    for (let n = 2; this.#taken.has(id); n++) id = `${wanted}~~${n}`;
    this.#taken.add(id);
    return id;
  }
}

/** The id as it is where names are unique. */
export function anchorOf(kind: string, ...parts: readonly string[]): string {
  return [kind, ...parts.map(slug)].join(':');
}

/** Injective but for very long names, which end in a hash: a space becomes `_`, what else is unsafe `~` and its code. */
function slug(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9./:-]/gu, (char) =>
    char === ' ' ? '_' : `~${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()}~`,
  );
  if (safe.length <= MAX_NAME) return safe;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${safe.slice(0, MAX_NAME)}~~${hash}`;
}
