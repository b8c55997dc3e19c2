/** What a template demands of one value, an attribute's or the text of an element. */
export type Demand =
  | { readonly kind: 'literal'; readonly value: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'let'; readonly name: string }
  | { readonly kind: 'captured'; readonly name: string };

const PLACEHOLDER = /^\{(?:(any|absent)|let\s+([\w-]+)|([\w-]+))\}$/;

/**
 * Reads a value of a template: `{any}`, `{absent}`, `{let NAME}`, `{NAME}`, or else a literal.
 * @param written the value as it stands in the scenario
 */
export function readDemand(written: string): Demand {
  if (!written.startsWith('{')) return { kind: 'literal', value: written };
  const found = PLACEHOLDER.exec(written);
  if (found === null) return { kind: 'literal', value: written };
  if (found[1] === 'any' || found[1] === 'absent') return { kind: found[1] };
  if (found[2] !== undefined) return { kind: 'let', name: found[2] };
  return { kind: 'captured', name: found[3] ?? '' };
}

/**
 * Whether a value meets a demand; undefined stands for a value that is not there. A captured value that was never captured is
 * met by nothing.
 */
export function meets(
  demand: Demand,
  value: string | undefined,
  captures: Readonly<Record<string, string>>,
): boolean {
  switch (demand.kind) {
    case 'any':
    case 'let':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'literal':
      return value === demand.value;
    case 'captured':
      return value !== undefined && value === captures[demand.name];
  }
}

/** The demand in words, for a difference. */
export function describeDemand(demand: Demand, captures: Readonly<Record<string, string>>): string {
  switch (demand.kind) {
    case 'any':
    case 'let':
      return 'any value';
    case 'absent':
      return 'absent';
    case 'literal':
      return demand.value;
    case 'captured':
      return captures[demand.name] ?? `{${demand.name}}, which was never captured`;
  }
}
