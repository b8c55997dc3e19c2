import { presence } from './presence.js';
import { roster } from './roster.js';
import { subscription } from './subscription.js';
import type { Suite } from './suite.js';

/** Every suite, in the order in which they are played. */
export const SUITES: readonly Suite[] = [roster, subscription, presence];
