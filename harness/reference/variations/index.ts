import type { Variation } from '../deviations.js';
import { ADDITION_VARIATIONS } from './additions.js';
import { BLOCKING_VARIATIONS } from './blocking.js';
import { DELIVERY_VARIATIONS } from './delivery.js';
import { DISPUTED_VARIATIONS } from './disputed.js';
import { FEDERATION_VARIATIONS } from './federation.js';
import { MESSAGE_VARIATIONS } from './messages.js';
import { PRESENCE_VARIATIONS } from './presence.js';
import { PRIVACY_VARIATIONS } from './privacy.js';
import { PRIVACY_OUTBOUND_VARIATIONS } from './privacy-outbound.js';
import { PROBE_VARIATIONS } from './probes.js';
import { ROSTER_VARIATIONS } from './roster.js';
import { SESSION_VARIATIONS } from './session.js';
import { SUBSCRIPTION_VARIATIONS } from './subscription.js';

/** The register of deviations that the RFCs permit: every scenario must pass with each of them. */
export const VARIATIONS: readonly Variation[] = [
  // They take longest in the self-test, so they begin first.
  ...FEDERATION_VARIATIONS,
  ...SESSION_VARIATIONS,
  ...SUBSCRIPTION_VARIATIONS,
  ...DISPUTED_VARIATIONS,
  ...ROSTER_VARIATIONS,
  ...PRESENCE_VARIATIONS,
  ...PROBE_VARIATIONS,
  ...DELIVERY_VARIATIONS,
  ...MESSAGE_VARIATIONS,
  ...PRIVACY_VARIATIONS,
  ...PRIVACY_OUTBOUND_VARIATIONS,
  ...BLOCKING_VARIATIONS,
  ...ADDITION_VARIATIONS,
];
