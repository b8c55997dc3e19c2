import type { Variation } from '../deviations.js';
import { ADDITION_VARIATIONS } from './additions.js';
import { DELIVERY_VARIATIONS } from './delivery.js';
import { PRESENCE_VARIATIONS } from './presence.js';
import { ROSTER_VARIATIONS } from './roster.js';
import { SUBSCRIPTION_VARIATIONS } from './subscription.js';

/** The register of deviations that the RFCs permit: every scenario must pass with each of them. */
export const VARIATIONS: readonly Variation[] = [
  ...SUBSCRIPTION_VARIATIONS,
  ...ROSTER_VARIATIONS,
  ...PRESENCE_VARIATIONS,
  ...DELIVERY_VARIATIONS,
  ...ADDITION_VARIATIONS,
];
