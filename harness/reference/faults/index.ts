import type { Fault } from '../deviations.js';
import { ADDRESS_FAULTS } from './addresses.js';
import { CELL_FAULTS } from './cells.js';
import { NOTIFICATION_FAULTS } from './notifications.js';
import { PRE_APPROVAL_FAULTS } from './pre-approval.js';
import { PRESENCE_FAULTS } from './presence.js';
import { PUSH_FAULTS } from './pushes.js';
import { REMOVAL_FAULTS } from './removal.js';
import { REQUEST_FAULTS } from './requests.js';
import { ROSTER_FAULTS } from './roster.js';
import { STAMPING_FAULTS } from './stamping.js';
import { STRAY_FAULTS } from './stray.js';

/** The register of deliberate faults: those of the state tables first, then by area. */
export const FAULTS: readonly Fault[] = [
  ...CELL_FAULTS,
  ...STAMPING_FAULTS,
  ...ADDRESS_FAULTS,
  ...ROSTER_FAULTS,
  ...PUSH_FAULTS,
  ...REQUEST_FAULTS,
  ...PRESENCE_FAULTS,
  ...REMOVAL_FAULTS,
  ...NOTIFICATION_FAULTS,
  ...PRE_APPROVAL_FAULTS,
  ...STRAY_FAULTS,
];
