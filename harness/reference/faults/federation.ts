import type { Fault } from '../deviations.js';
import { FEDERATION_FOREIGN_REQUEST_FAULTS } from './federation-foreign-requests.js';
import { FEDERATION_INBOUND_FAULTS } from './federation-inbound.js';
import { FEDERATION_MEMORY_FAULTS } from './federation-memory.js';
import { FEDERATION_OUTBOUND_FAULTS } from './federation-outbound.js';

/** Faults that show only to other servers. */
export const FEDERATION_FAULTS: readonly Fault[] = [
  ...FEDERATION_INBOUND_FAULTS,
  ...FEDERATION_OUTBOUND_FAULTS,
  ...FEDERATION_MEMORY_FAULTS,
  ...FEDERATION_FOREIGN_REQUEST_FAULTS,
];
