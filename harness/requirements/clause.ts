import type { Level, Spec } from '../verdict/result.js';
import type { DocumentName } from './documents.js';

/** Why no scenario judges a clause that speaks about servers. */
export type UnjudgedReason =
  | 'client-behaviour'
  | 'deployment-policy'
  | 'internal-state'
  | 'advice'
  | 'repeats';

/** One normative statement of a document. */
export interface Clause {
  /** Full id: `rfc3921:5.1.6/no-auto-approve`. */
  readonly id: string;
  readonly document: DocumentName;
  /** The specification that it is judged with. */
  readonly spec: Spec;
  /** Section number: `5.1.6`, `A.2.1`. */
  readonly section: string;
  readonly level: Level;
  readonly role: 'server' | 'client';
  /** In the project's own words: what one does who keeps the clause. */
  readonly summary: string;
  /** Full ids of clauses of the same specification that say otherwise about the same situation. */
  readonly contradicts: readonly string[];
  /** Full ids of clauses of the other specification that cannot be kept together with this one. */
  readonly differs: readonly string[];
  readonly unjudged: UnjudgedReason | undefined;
  /** One sentence: why it is not judged. Empty when it is. */
  readonly why: string;
  /** Which requirement keywords of the section this clause states, counted from 1. */
  readonly claims: readonly number[];
  readonly file: string;
  readonly line: number;
}

/** One section of a document as far as the catalogue has it. */
export interface CatalogueSection {
  readonly document: DocumentName;
  readonly number: string;
  readonly title: string;
  /** Every requirement keyword in its text is claimed. */
  readonly complete: boolean;
  readonly clauses: readonly Clause[];
  readonly file: string;
  readonly line: number;
}
