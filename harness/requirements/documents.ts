import type { Spec } from '../verdict/result.js';

/** A document whose clauses are judged, named as its catalogue under fixtures/requirements. */
export type DocumentName = 'rfc3921' | 'rfc3920' | 'xep0016' | 'rfc6121' | 'rfc6120' | 'xep0191' | 'xep0220';

/**
 * The documents, and the specification that each is judged with: the core that it builds upon is part of it, and so is
 * the extension in which a part of it lives on: XEP-0220 is what RFC 3920 has in its section 8.
 */
export const DOCUMENTS: Readonly<Record<DocumentName, Spec>> = {
  rfc3921: 'rfc3921',
  rfc3920: 'rfc3921',
  xep0016: 'rfc3921',
  rfc6121: 'rfc6121',
  rfc6120: 'rfc6121',
  xep0191: 'rfc6121',
  xep0220: 'rfc6121',
};

/** The documents in the order in which they are listed. */
export const DOCUMENT_NAMES = Object.keys(DOCUMENTS) as readonly DocumentName[];
