import { element, NS } from '../wire/element.js';
import type { Accounts } from './accounts.js';
import { visitBlocking } from './blocking-tour.support.test.js';
import type { Mode, Policy } from './policy.js';
import { visitPrivacy } from './privacy-tour.support.test.js';
import { Sandbox } from './sandbox.support.test.js';
import { presence } from './stanza.js';
import { type Direction, STATES, SUBSCRIPTION_TYPES, type SubscriptionType } from './subscriptions.js';
import { visitMessages } from './tour-messages.support.test.js';
import { visitPresenceOfUser } from './tour-presence.support.test.js';
import { visitRosters } from './tour-rosters.support.test.js';

const DIRECTIONS: readonly Direction[] = ['out', 'in'];
const NURSE = 'nurse@capulet.test';

/** All that has to be sent late has been sent after so many milliseconds. */
const SETTLED = 100;

/**
 * Leads a server through everything that a fault or a variation may touch, and tells what left it: deviations show
 * as a difference from the tour of the sound server.
 */
export async function tour(
  mode: Mode,
  deviations: readonly string[],
  wrap?: (policy: Policy, accounts: Accounts) => Policy,
): Promise<string[]> {
  const sandbox = new Sandbox(mode, deviations, wrap);
  visitStates(sandbox);
  visitRoster(sandbox);
  visitRosters(sandbox);
  visitAddresses(sandbox);
  visitFarewell(sandbox);
  visitAbsence(sandbox);
  visitPreApproval(sandbox);
  visitPresence(sandbox);
  visitPresenceOfUser(sandbox);
  visitProbes(sandbox);
  visitPrivacy(sandbox);
  visitBlocking(sandbox);
  visitMessages(sandbox);
  await new Promise((resolve) => setTimeout(resolve, SETTLED));
  // Where tours run side by side this timer may be served before those of late stanzas that are due as well.
  await new Promise((resolve) => setImmediate(resolve));
  sandbox.router.close();
  return sandbox.transcript();
}

/** A user with an available resource that asked for the roster, one that did not, and one that is not available. */
function romeo(sandbox: Sandbox, local: string) {
  const account = sandbox.user(local);
  const session = sandbox.connect(account, 'orchard', { interested: true, available: true });
  sandbox.connect(account, 'cellar', { interested: true, available: true });
  sandbox.connect(account, 'garden', { interested: false, available: true });
  sandbox.connect(account, 'attic', { interested: true, available: false });
  sandbox.connect(account, 'stable', { interested: false, available: false });
  return { account, session };
}

/** Every stanza in every state, with the contact in the roster and without. */
function visitStates(sandbox: Sandbox): void {
  for (const listed of [true, false]) {
    const { account, session } = romeo(sandbox, `romeo-${listed}`);
    for (const direction of DIRECTIONS) {
      for (const type of SUBSCRIPTION_TYPES) {
        for (const state of STATES) {
          const contact = `${direction}-${type}-${state}@capulet.test`;
          sandbox.put(account, contact, state, listed);
          sandbox.subscription(session, direction, type, contact);
        }
      }
    }
    sandbox.roster(session);
  }
}

/** Items set, changed and removed in every state. */
function visitRoster(sandbox: Sandbox): void {
  const { account, session } = romeo(sandbox, 'valentine');
  for (const state of STATES) {
    const contact = `${state}@capulet.test`;
    sandbox.put(account, contact, state);
    sandbox.set(session, { jid: contact, name: 'Other', subscription: 'both' }, ['Group', 'More']);
    sandbox.roster(session);
    sandbox.set(session, { jid: contact, subscription: 'remove' });
  }
  sandbox.set(session, { jid: NURSE, name: 'Nurse' }, ['Servants']);
  sandbox.set(session, { jid: 'nobody@capulet.test', subscription: 'remove' });
  sandbox.roster(session);
  sandbox.set(session, { jid: 'page@capulet.test' }, [], { to: sandbox.user('rosaline').bare });
  sandbox.from(session, element('iq', NS.client, { type: 'error', id: 'push' }));
  sandbox.set(session, { jid: 'page@capulet.test' });
}

/** Addresses with resources, of nobody, of users here and of domains out of reach. */
function visitAddresses(sandbox: Sandbox): void {
  const { account, session } = romeo(sandbox, 'escalus');
  sandbox.connect(sandbox.user('rosaline'), 'balcony', { interested: true, available: true });
  for (const type of SUBSCRIPTION_TYPES) {
    for (const to of [`${account.bare}/orchard`, `${account.bare}/moon`, `nobody@${account.domain}`]) {
      sandbox.put(account, NURSE, 'both');
      if (type === 'subscribe') sandbox.put(account, NURSE, 'none', false);
      sandbox.router.route(presence({ from: NURSE, to, type }));
    }
    sandbox.subscription(session, 'out', type, 'someone@nowhere.test');
    sandbox.subscription(session, 'out', type, sandbox.user('rosaline').bare);
  }
  for (const to of ['no "body"@nowhere.test', `nobody@${account.domain}`]) {
    sandbox.from(session, presence({ to, type: 'subscribe', id: 'asked-1' }));
  }
  for (const id of ['asked-1', 'asked-2']) {
    sandbox.router.route(presence({ from: 'paris@capulet.test', to: account.bare, type: 'subscribe', id }));
  }
  sandbox.connect(account, 'moon', { interested: true, available: true });
}

/** The answer to the user's own unsubscribe. */
function visitFarewell(sandbox: Sandbox): void {
  const { account, session } = romeo(sandbox, 'mercutio');
  sandbox.put(account, NURSE, 'to');
  sandbox.subscription(session, 'out', 'unsubscribe', NURSE);
  sandbox.subscription(session, 'in', 'unsubscribed', NURSE);
}

/** What comes while the user is away, and what becomes of it at later log-ins. */
function visitAbsence(sandbox: Sandbox): void {
  const answers: readonly [type: SubscriptionType | 'remove', answer: SubscriptionType | 'remove'][] = [
    ['subscribe', 'subscribed'],
    ['subscribe', 'unsubscribed'],
    ['subscribe', 'remove'],
    ['subscribed', 'subscribe'],
    ['subscribed', 'unsubscribe'],
    ['subscribed', 'remove'],
    ['unsubscribe', 'unsubscribed'],
    ['unsubscribe', 'subscribed'],
    ['unsubscribed', 'unsubscribe'],
    ['unsubscribed', 'subscribe'],
  ];
  for (const [type, answer] of answers) {
    const account = sandbox.user(`benvolio-${type}-${answer}`);
    sandbox.put(account, NURSE, type === 'subscribe' ? 'none' : 'from-pending-out', type !== 'subscribe');
    if (type === 'unsubscribed') sandbox.put(account, NURSE, 'to');
    sandbox.inbound(account, type, NURSE);
    sandbox.inbound(account, type, NURSE);
    const first = sandbox.connect(account, 'street', { interested: true, available: true });
    sandbox.connect(account, 'market', { interested: false, available: true });
    if (answer === 'remove') {
      sandbox.set(first, { jid: NURSE });
      sandbox.set(first, { jid: NURSE, subscription: 'remove' });
    } else sandbox.subscription(first, 'out', answer, NURSE);
    sandbox.from(first, presence({ type: 'unavailable' }));
    sandbox.from(first, presence({}));
  }
  const listed = sandbox.user('benvolio-listed');
  sandbox.put(listed, NURSE, 'none');
  sandbox.inbound(listed, 'subscribe', NURSE);
  sandbox.connect(listed, 'street', { interested: true, available: true });
  const taken = sandbox.user('benvolio-taken-back');
  sandbox.inbound(taken, 'subscribe', NURSE);
  sandbox.inbound(taken, 'unsubscribe', NURSE);
  sandbox.connect(taken, 'street', { interested: true, available: true });
  // A request and an approval that a resource has seen, but not answered.
  const { account, session } = romeo(sandbox, 'tybalt');
  sandbox.inbound(account, 'subscribe', NURSE);
  sandbox.put(account, 'page@capulet.test', 'none-pending-out');
  sandbox.inbound(account, 'subscribed', 'page@capulet.test');
  sandbox.from(session, presence({ type: 'unavailable' }));
  sandbox.from(session, presence({}));
}

/** Approvals given before the request. */
function visitPreApproval(sandbox: Sandbox): void {
  const { account, session } = romeo(sandbox, 'paris');
  for (const state of ['none', 'to'] as const) {
    const contact = `approved-${state}@capulet.test`;
    sandbox.put(account, contact, state, false);
    sandbox.subscription(session, 'out', 'subscribed', contact);
    sandbox.roster(session);
    sandbox.inbound(account, 'subscribe', contact);
    const other = `regretted-${state}@capulet.test`;
    sandbox.put(account, other, state, false);
    sandbox.subscription(session, 'out', 'subscribed', other);
    sandbox.subscription(session, 'out', 'unsubscribed', other);
    sandbox.inbound(account, 'subscribe', other);
  }
}

/** Presence, probes, errors and messages of others. */
function visitPresence(sandbox: Sandbox): void {
  const account = sandbox.user('friar');
  sandbox.put(account, NURSE, 'both');
  sandbox.put(account, 'page@capulet.test', 'from-pending-out');
  const first = sandbox.connect(account, 'cell', { interested: true, available: true });
  const second = sandbox.connect(account, 'chapel', { interested: true, available: true });
  for (const type of [undefined, 'unavailable', 'error', 'probe']) sandbox.inbound(account, type, NURSE);
  sandbox.inbound(account, 'probe', 'stranger@capulet.test');
  sandbox.put(account, 'page@capulet.test', 'to-pending-in');
  sandbox.inbound(account, 'probe', 'page@capulet.test');
  const status = element('status', NS.client, {}, ['Away']);
  for (const session of [first, second]) sandbox.from(session, presence({ type: 'unavailable' }, [status]));
  sandbox.router.disconnect(sandbox.connect(account, 'garden', { interested: true, available: true }));
  sandbox.inbound(account, 'probe', NURSE);
  sandbox.router.route({ ...presence({ from: NURSE, to: account.bare }), name: 'message' });
  sandbox.router.greetComponent('capulet.test');
}

/** Probes: to each kind of address, by each kind of prober, a client's among them. */
function visitProbes(sandbox: Sandbox): void {
  const account = sandbox.user('samson');
  const text = (name: string, content: string) => element(name, NS.client, {}, [content]);
  sandbox.put(account, NURSE, 'both');
  sandbox.put(account, 'page@capulet.test', 'none-pending-in', false);
  const stranger = 'stranger@capulet.test';
  const probe = (from: string, to: string) =>
    sandbox.router.route(presence({ from, to, type: 'probe', id: 'p' }));
  const everyone = () => {
    for (const from of [NURSE, 'page@capulet.test', stranger]) {
      for (const resource of ['', '/hall', '/moon']) probe(from, `${account.bare}${resource}`);
    }
  };
  everyone();
  const hall = sandbox.connect(account, 'hall', { interested: true, available: true });
  sandbox.connect(account, 'yard', { interested: true, available: true });
  everyone();
  sandbox.from(hall, presence({ id: 'h' }, [text('show', 'xa'), element('x', 'urn:example:x')]));
  for (const to of [NURSE, stranger]) sandbox.from(hall, presence({ to }, [text('show', 'chat')]));
  everyone();
  probe(stranger, `nobody@${account.domain}`);
  sandbox.subscription(hall, 'out', 'subscribed', 'approved@capulet.test');
  probe('approved@capulet.test', account.bare);
  sandbox.inbound(account, 'subscribe', 'approved@capulet.test');
  const prober = sandbox.connect(sandbox.user('gregory'), 'street', { interested: true, available: true });
  for (const to of [account.bare, stranger, 'someone@nowhere.test']) {
    sandbox.from(prober, presence({ to, type: 'probe', id: 'p' }));
  }
  for (const session of account.available()) {
    sandbox.from(
      session,
      presence({ type: 'unavailable' }, [text('status', 'Gone'), element('x', 'urn:example:x')]),
    );
  }
  everyone();
}
