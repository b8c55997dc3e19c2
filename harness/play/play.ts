import type { Party } from '../party/party.js';
import { Resource } from '../party/resource.js';
import { mayEnd } from '../scenario/endings.js';
import { fillCheck, fillParties, fillText } from '../scenario/expand.js';
import type { SubscriptionState } from '../scenario/states.js';
import type { Action, DomainReach, Exchange, PlayableCase, StateCheck } from '../scenario/types.js';
import type { ChoiceFinding, FencePath, PlayedCase, PlayedFinding } from '../verdict/finding.js';
import type { Element } from '../wire/element.js';
import { TargetError } from '../wire/failure.js';
import type { TranscriptEntry } from '../wire/transcript.js';
import { Blocked, HarnessFault } from './fault.js';
import { complete, needsSettling, type Observation, observe } from './observe.js';
import { compareState, describeState, reachState, readState, type WantedState } from './subscription.js';
import { type Stage, World } from './world.js';

/** Judges the form of what the target sends. */
export type FormCheck = (xml: string) => readonly string[];

/**
 * Plays one case: accounts, states, log-ins, exchanges, states read back. Never throws: what goes wrong is the
 * case's ending, with all that was observed so far.
 */
export async function playCase(
  play: PlayableCase,
  stage: Stage,
  states: ReadonlyMap<string, SubscriptionState>,
  form: FormCheck,
): Promise<PlayedCase> {
  const startedMs = performance.now();
  const player = new Player(play, stage, states);
  let ending: PlayedCase['ending'] = 'played';
  let reason = '';
  let schemaViolations: string[] = [];
  try {
    await player.play();
  } catch (error) {
    ending = error instanceof Blocked ? 'blocked' : 'error';
    reason = faultText(error);
  } finally {
    player.dismiss();
  }
  try {
    schemaViolations = player.received().flatMap((xml) => form(xml));
  } catch (error) {
    ending = 'error';
    reason ||= faultText(error);
  }
  return {
    play,
    ending,
    reason,
    findings: player.findings,
    choices: player.choices,
    lateness: player.lateness,
    schemaViolations,
    transcript: player.transcript(),
    durationMs: performance.now() - startedMs,
  };
}

/** A case that was not played because the target lacks something. */
export function skippedCase(play: PlayableCase, reason: string): PlayedCase {
  return {
    play,
    ending: 'skipped',
    reason,
    findings: [],
    choices: [],
    lateness: [],
    schemaViolations: [],
    transcript: [],
    durationMs: 0,
  };
}

/** What to tell of something thrown: an expected fault by its sentence, anything else with its origin. */
function faultText(error: unknown): string {
  if (error instanceof Blocked || error instanceof HarnessFault || error instanceof TargetError)
    return error.message;
  return error instanceof Error ? `the harness failed: ${error.stack ?? error.message}` : String(error);
}

class Player {
  readonly findings: PlayedFinding[] = [];
  readonly choices: ChoiceFinding[] = [];
  readonly lateness: { path: FencePath; ms: number }[] = [];
  readonly #captures: Record<string, string> = {};
  #world: World | undefined;

  constructor(
    private readonly scene: PlayableCase,
    private readonly stage: Stage,
    private readonly states: ReadonlyMap<string, SubscriptionState>,
  ) {}

  async play(): Promise<void> {
    const world = await World.create(this.scene, this.stage);
    this.#world = world;
    for (const decl of this.scene.subscriptions) {
      await reachState(world, decl, this.#wanted(decl.state, decl.item));
    }
    for (const user of this.scene.users) {
      for (const resource of user.resources) if (!resource.joinsLater) await world.join(user.name, resource);
    }
    await world.fence.passLogIns();
    world.keepMarkersApart(this.scene);
    for (const exchange of this.scene.exchanges) await this.#playExchange(world, exchange);
    for (const check of this.scene.states) await this.#readBack(world, check);
  }

  dismiss(): void {
    this.#world?.dismiss();
  }

  transcript(): TranscriptEntry[] {
    return this.#world?.transcript.entries() ?? [];
  }

  /** Every stanza that reached a party, but for what the play sent malformed and the target only passed on. */
  received(): string[] {
    const world = this.#world;
    if (world === undefined) return [];
    const passedOn = malformedIds(this.scene);
    return world
      .parties()
      .flatMap((party) => party.mailbox.stanzas)
      .filter(({ element: { attrs } }) =>
        attrs.id === undefined ? !passedOn.has('') : attrs.type === 'error' || !passedOn.has(attrs.id),
      )
      .map((item) => item.xml);
  }

  async #playExchange(world: World, exchange: Exchange): Promise<void> {
    const from = world.transcript.mark();
    const ending = mayEnd(exchange.checks);
    for (const [name, resource] of world.resources) resource.mayEnd = resource.ended || ending.has(name);
    for (const [name, domain] of world.domains) domain.begin(ending.has(name));
    // By party and not by name: a resource that logs in again is a new one.
    const marks = new Map<Party, number>(world.parties().map((party) => [party, party.mailbox.mark()]));
    const since = (party: Party) => party.mailbox.since(marks.get(party) ?? 0);

    const path = await this.#act(world, exchange.actions, ending);
    let fencedMs = performance.now();

    const checks = exchange.checks.map((check) => fillCheck(check, world.jids));
    const seen: Observation = {
      received: (place) => since(world.party(place)),
      closed: (place, what) =>
        (world.resources.get(place) ?? world.domains.get(place))?.hasClosed(what) === true,
      asked: (domain) => world.domains.get(domain)?.asked ?? [],
      captures: this.#captures,
    };
    const isOver = () => complete(checks, seen) || world.lostStream() !== undefined;
    await world.arrivals.until(isOver, this.stage.timeoutMs);
    // Nobody can be asked when a server has noticed that a stream is gone; who is told of it shows that it has.
    if (path === 'leave') {
      await world.fence.pass([...world.contacts.values()]);
      fencedMs = performance.now();
    }
    if (needsSettling(checks)) await settle(this.stage.settleMs);
    world.demandStreams();

    const { findings, choices, accounted, arrivals } = observe(checks, seen);
    for (const item of world.people().flatMap(since)) {
      if (!accounted.has(item)) world.transcript.markUnexpected(item.entry);
    }
    const to = world.transcript.mark();
    this.findings.push(...findings.map((finding) => ({ ...finding, path, from, to })));
    this.choices.push(...choices);
    // What goes abroad comes back when its domain has been looked up, which no fence follows.
    if (exchange.actions.some(goesAbroad) || world.isBeyondFence) return;
    for (const { place, atMs } of arrivals) {
      // Nothing is late for a fence that does not pass through its stream.
      const party = world.party(place);
      if (party instanceof Resource && !party.isFenced) continue;
      this.lateness.push({ path, ms: Math.max(0, atMs - fencedMs) });
    }
  }

  /** Does what the exchange says and passes the fence that goes the way of it, but where a stream ends. */
  async #act(world: World, actions: readonly Action[], ending: ReadonlySet<string>): Promise<FencePath> {
    let path: FencePath = 'inbound';
    const actors = new Set<Party>();
    for (const action of actions) {
      switch (action.kind) {
        case 'send': {
          const party = world.party(action.from);
          // What another party did before must not be overtaken on its way.
          const others = [...actors].filter((actor) => actor !== party);
          if (others.length > 0) await world.fence.passOnTheWay(others);
          if (action.stanza === undefined) party.sendText(fillText(action.malformed, this.#values(world)));
          else party.send(this.#fill(action.stanza, world));
          actors.add(party);
          path = party instanceof Resource ? 'outbound' : 'inbound';
          if (world.isFenced(party)) leaveSentinels(world, party);
          break;
        }
        case 'login': {
          const [user = '', name = ''] = action.resource.split('/');
          const decl = this.scene.users
            .find((item) => item.name === user)
            ?.resources.find((item) => item.name === name);
          if (decl === undefined)
            throw new HarnessFault(`${action.resource} is not declared in the scenario`);
          // What was sent before has to find the resource absent; it is done with then.
          if (actors.size > 0) await world.fence.pass([...actors]);
          actors.clear();
          const resource = await world.join(user, decl);
          resource.mayEnd = resource.ended || ending.has(resource.name);
          if (resource.available) await world.fence.passStored(user);
          actors.add(resource);
          path = 'log-in';
          break;
        }
        case 'domain-goes': {
          // What was sent before has to find it as it was.
          if (actors.size > 0) await world.fence.pass([...actors]);
          actors.clear();
          await world.domain(action.domain).goes(action.to as DomainReach);
          // Nobody can be asked when the target has noticed that a stream is gone; it has its closing tag by now.
          await settle(this.stage.settleMs);
          break;
        }
        case 'logout': {
          const resource = world.resources.get(action.resource);
          if (resource === undefined) throw new HarnessFault(`${action.resource} is not connected`);
          await resource.leave(action.how);
          path = 'leave';
          break;
        }
      }
    }
    for (const domain of world.domains.values()) if (actors.has(domain)) await world.fence.passStream(domain);
    if (ending.size > 0) path = 'leave';
    if (path !== 'leave') await world.fence.pass([...actors]);
    return path;
  }

  async #readBack(world: World, check: StateCheck): Promise<void> {
    const from = world.transcript.mark();
    const found = await readState(world, check.of, check.to);
    const to = world.transcript.mark();
    for (const { is, item, proves } of [check, ...check.alternatives]) {
      const differences = compareState(this.#wanted(is, item), found);
      const isHidden = differences.length === 0 && found.pendingIn === undefined;
      this.findings.push({
        kind: 'state',
        at: check.of,
        line: check.line,
        proves,
        satisfied: isHidden ? 'untested' : differences.length === 0 ? 'yes' : 'no',
        expected: `${check.of} is in the state ${is} towards ${check.to}`,
        received: describeState(found),
        differences,
        reason: isHidden ? HIDDEN : differences.length === 0 ? '' : `the state read back is not ${is}`,
        negative: false,
        path: 'read-back',
        from,
        to,
      });
    }
  }

  #wanted(name: string, item: string): WantedState {
    const state = this.states.get(name);
    if (state === undefined) throw new HarnessFault(`fixtures/states.xml knows no state "${name}"`);
    return { state, item };
  }

  #fill(stanza: Element, world: World): Element {
    return fillParties(stanza, this.#values(world));
  }

  #values(world: World): ReadonlyMap<string, string> {
    return new Map([...world.jids, ...Object.entries(this.#captures)]);
  }
}

/** The ids of stanzas that the play sends deliberately malformed; the empty one for those without, as are their answers. */
function malformedIds({ exchanges }: PlayableCase): Set<string> {
  const sent = exchanges.flatMap(({ actions }) => actions).filter((action) => action.kind === 'send');
  return new Set(
    sent.flatMap(({ malformed }) => [
      ...[...malformed.matchAll(/\sid=(['"])(.*?)\1/g)].map(([, , id = '']) => id),
      ...(/<iq(?![^>]*\sid=)/.test(malformed) ? [''] : []),
    ]),
  );
}

const HIDDEN = 'the target shows nowhere whether a request waits, by which the state differs from others';

/** Whether a stanza is for a domain that nobody in the play speaks for: any address that no placeholder stands for. */
function goesAbroad(action: Action): boolean {
  const to = action.kind === 'send' ? action.stanza?.attrs.to : undefined;
  return to !== undefined && !to.includes('{');
}

/** Behind what is sent to a user who is away goes a message, which shows when all that was stored has come. */
function leaveSentinels(world: World, sender: Party): void {
  for (const user of world.accounts.keys()) {
    if (sender instanceof Resource && sender.user === user) continue;
    const isHere = world.connected().some((resource) => resource.user === user && resource.available);
    const messenger = isHere || world.isApart(user) ? undefined : messengerFor(world, sender);
    if (messenger !== undefined) world.fence.leaveSentinel(messenger, user);
  }
}

/** Who sends the message: the sender, or a contact on the same stream where a rule under test may stop the sender. */
function messengerFor(world: World, sender: Party): Party | undefined {
  if (sender instanceof Resource) return world.isApart(sender.user) ? undefined : sender;
  if (!world.isApart(sender.name)) return sender;
  return [...world.contacts.values()].find(({ name }) => !world.isApart(name));
}

/** Where a play lets time pass: silence after a fence, and what nobody can be asked about. */
function settle(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
