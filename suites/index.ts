import { blocking } from './blocking.js';
import { delivery } from './delivery.js';
import { federation } from './federation.js';
import { presence } from './presence.js';
import { privacy } from './privacy.js';
import { robustness } from './robustness.js';
import { roster } from './roster.js';
import { session } from './session.js';
import { subscription } from './subscription.js';
import type { Suite } from './suite.js';

/** Every suite, in the order in which they are played. */
export const SUITES: readonly Suite[] = [
  session,
  roster,
  subscription,
  presence,
  delivery,
  privacy,
  blocking,
  robustness,
  federation,
];
