import type { CheckResult } from '../../harness/verdict/result.js';

/** Who notices what a server does, widest first. */
export type Reach = 'servers' | 'others' | 'client';

/** Every reach, widest first. */
export const REACHES: readonly Reach[] = ['servers', 'others', 'client'];

/** A reach in words. */
export const REACH_NAMES: Readonly<Record<Reach, string>> = {
  servers: 'across servers',
  others: 'other people',
  client: 'own client',
};

/** Areas of scenarios in which servers must understand each other. */
const SERVER_AREAS = new Set(['subscription', 'presence', 'delivery']);

/** Areas in which a server deals with the client of its own user. */
const CLIENT_AREAS = new Set(['session', 'roster', 'robustness']);

/** Namespaces of what goes between a client and its own server alone. */
const CLIENT_NAMESPACES = /jabber:iq:roster|jabber:iq:privacy|urn:xmpp:blocking/;

/**
 * Who notices what a check watches. A contact, whose name stands without a resource, lives on another server, and a
 * subscription has to be the same on both sides. Lists and blocks, whoever feels them, are no matter between servers.
 * What is watched at a user's resource concerns others where it comes from them.
 * @param scenario id of the scenario that the check belongs to
 */
export function reachOf(check: Pick<CheckResult, 'kind' | 'at' | 'expected'>, scenario: string): Reach {
  const [area = ''] = scenario.split('/');
  const isElsewhere = check.kind === 'state' || check.at.split(' ').some((party) => !party.includes('/'));
  if (isElsewhere) return SERVER_AREAS.has(area) ? 'servers' : 'others';
  return CLIENT_AREAS.has(area) || CLIENT_NAMESPACES.test(check.expected) ? 'client' : 'others';
}

/** The wider of the two. */
export function widest(one: Reach, other: Reach): Reach {
  return REACHES.indexOf(one) <= REACHES.indexOf(other) ? one : other;
}
