import type { Fault } from '../deviations.js';
import { ADDRESS_FAULTS } from './addresses.js';
import { APPROVAL_FAULTS } from './approvals.js';
import { BLOCKING_FAULTS } from './blocking.js';
import { BLOCKING_EFFECT_FAULTS } from './blocking-effects.js';
import { BROADCAST_FAULTS } from './broadcast.js';
import { CELL_FAULTS } from './cells.js';
import { DELIVERY_FAULTS } from './delivery.js';
import { DIRECTED_PRESENCE_FAULTS } from './directed-presence.js';
import { FEDERATION_FAULTS } from './federation.js';
import { IQ_FAULTS } from './iq.js';
import { MESSAGE_CELL_FAULTS } from './message-cells.js';
import { MESSAGE_CONTENT_FAULTS } from './message-content.js';
import { MESSAGE_REFUSAL_FAULTS } from './message-refusals.js';
import { MESSAGE_ROUTING_FAULTS } from './message-routing.js';
import { NOTIFICATION_FAULTS } from './notifications.js';
import { OWN_PRESENCE_FAULTS } from './own-presence.js';
import { PRE_APPROVAL_FAULTS } from './pre-approval.js';
import { PRESENCE_FAULTS } from './presence.js';
import { PRIVACY_FAULTS } from './privacy.js';
import { PRIVACY_INBOUND_FAULTS } from './privacy-inbound.js';
import { PRIVACY_LIST_FAULTS } from './privacy-lists.js';
import { PRIVACY_LIST_IN_FORCE_FAULTS } from './privacy-lists-in-force.js';
import { PRIVACY_OUTBOUND_FAULTS } from './privacy-outbound.js';
import { PROBE_FAULTS } from './probes.js';
import { STRANGER_PROBE_FAULTS } from './probes-of-strangers.js';
import { SUBSCRIBER_PROBE_FAULTS } from './probes-of-subscribers.js';
import { PUSH_FAULTS } from './pushes.js';
import { REFUSAL_FAULTS } from './refusals.js';
import { REMOVAL_FAULTS } from './removal.js';
import { REQUEST_FAULTS } from './requests.js';
import { ROSTER_FAULTS } from './roster.js';
import { ROSTER_ACCESS_FAULTS } from './roster-access.js';
import { ROSTER_SET_FAULTS } from './roster-sets.js';
import { ROSTER_VERSIONING_FAULTS } from './roster-versioning.js';
import { SESSION_FAULTS } from './session.js';
import { STAMPING_FAULTS } from './stamping.js';
import { STANZA_ERROR_FAULTS } from './stanza-errors.js';
import { STRAY_FAULTS } from './stray.js';
import { STREAM_FAULTS } from './streams.js';
import { SYNTAX_FAULTS } from './syntax.js';

/** The register of deliberate faults: those of the state tables first, then by area. */
export const FAULTS: readonly Fault[] = [
  ...CELL_FAULTS,
  ...STAMPING_FAULTS,
  ...ADDRESS_FAULTS,
  ...ROSTER_FAULTS,
  ...ROSTER_SET_FAULTS,
  ...ROSTER_ACCESS_FAULTS,
  ...ROSTER_VERSIONING_FAULTS,
  ...PUSH_FAULTS,
  ...REQUEST_FAULTS,
  ...PRESENCE_FAULTS,
  ...PROBE_FAULTS,
  ...SUBSCRIBER_PROBE_FAULTS,
  ...STRANGER_PROBE_FAULTS,
  ...BROADCAST_FAULTS,
  ...OWN_PRESENCE_FAULTS,
  ...DIRECTED_PRESENCE_FAULTS,
  ...REMOVAL_FAULTS,
  ...NOTIFICATION_FAULTS,
  ...REFUSAL_FAULTS,
  ...APPROVAL_FAULTS,
  ...PRE_APPROVAL_FAULTS,
  ...DELIVERY_FAULTS,
  ...IQ_FAULTS,
  ...MESSAGE_CELL_FAULTS,
  ...MESSAGE_ROUTING_FAULTS,
  ...MESSAGE_REFUSAL_FAULTS,
  ...MESSAGE_CONTENT_FAULTS,
  ...PRIVACY_FAULTS,
  ...PRIVACY_INBOUND_FAULTS,
  ...PRIVACY_LIST_FAULTS,
  ...PRIVACY_LIST_IN_FORCE_FAULTS,
  ...PRIVACY_OUTBOUND_FAULTS,
  ...BLOCKING_FAULTS,
  ...BLOCKING_EFFECT_FAULTS,
  ...SYNTAX_FAULTS,
  ...STRAY_FAULTS,
  ...SESSION_FAULTS,
  ...STREAM_FAULTS,
  ...STANZA_ERROR_FAULTS,
  ...FEDERATION_FAULTS,
];
