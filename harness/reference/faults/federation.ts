import type { Fault } from '../deviations.js';
import { FEDERATION_INBOUND_FAULTS } from './federation-inbound.js';
import { FEDERATION_OUTBOUND_FAULTS } from './federation-outbound.js';

/** Faults that show only to other servers. */
export const FEDERATION_FAULTS: readonly Fault[] = [
  ...FEDERATION_INBOUND_FAULTS,
  ...FEDERATION_OUTBOUND_FAULTS,
];
