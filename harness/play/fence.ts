import { randomBytes } from 'node:crypto';
import { FENCE_NS, MARKER_PREFIX } from '../party/case-transcript.js';
import type { Domain } from '../party/domain.js';
import type { MarkerListener, Party } from '../party/party.js';
import { Resource } from '../party/resource.js';
import { type Element, element, NS } from '../wire/element.js';
import { HarnessFault } from './fault.js';
import type { World } from './world.js';

/** How many rounds all parties take part in, after the round of those who acted; see ARCHITECTURE.md, "Fences". */
const ROUNDS_OF_ALL = 2;

/**
 * The same between two servers. Each round goes over the link and back, so that these follow three crossings that cause
 * each other (a request, the answer that a server makes of itself, the presence that follows), and leave one over.
 */
const ROUNDS_OVER_LINK = 4;

/** A marker under way. */
interface Marker {
  readonly path: string;
}

/**
 * Shows that what an action caused has arrived. Order is given only on one stream between one sender and one
 * recipient (RFC 6120 10.1), and a server may generate pushes and replies in other processes; so the fence goes
 * the way of the action and then, on every stream, the ways of what it may cause.
 */
export class Fence {
  readonly #pending = new Map<string, Marker>();
  readonly #bounced: string[] = [];
  /** Messages sent to users without an available resource, by user: stored unless they bounced. */
  readonly #sentinels = new Map<string, Set<string>>();
  /** An account that was given may still hold the stored markers of an earlier run. */
  readonly #case = randomBytes(4).toString('hex');
  #sent = 0;

  constructor(
    private readonly world: World,
    private readonly timeoutMs: number,
  ) {}

  /** To be called with every marker that reaches a party. */
  readonly returned: MarkerListener = (id, party, bounced) => {
    const marker = this.#pending.get(id);
    if (marker !== undefined) {
      this.#pending.delete(id);
      if (bounced) this.#bounced.push(`${marker.path} (returned to ${party} as an error)`);
    }
    for (const sentinels of this.#sentinels.values()) sentinels.delete(id);
  };

  /**
   * Passes when everything that the actors caused has arrived.
   * @throws HarnessFault when a marker does not come back
   */
  async pass(actors: readonly Party[]): Promise<void> {
    await this.#round(this.#there(actors), true);
    await this.#roundsOfAll();
  }

  /**
   * Passes when what the log-ins caused has arrived. No message is sent before each resource has an answer behind its
   * presence: until then it may not be available.
   * @throws HarnessFault when a marker does not come back
   */
  async passLogIns(): Promise<void> {
    await this.#round(this.world.fenced(), false);
    await this.#roundsOfAll();
  }

  /**
   * Passes when the server has done what the actors asked for, so that the next party may go on from there: enough on
   * the way to a state, which is read back behind a whole fence.
   * @throws HarnessFault when a marker does not come back
   */
  async passOnTheWay(actors: readonly Party[]): Promise<void> {
    await this.#round(this.#there(actors), true);
    await this.#round([...this.world.fenced(), ...this.world.fencedContacts()], false);
  }

  /**
   * Passes when the target has dealt with what the server of a domain sent over its stream, or has ended that stream.
   * @throws HarnessFault when it does neither
   */
  async passStream(domain: Domain): Promise<void> {
    const id = this.#nextId();
    const path = `question of the server of ${domain.name} about a key`;
    this.#pending.set(id, { path });
    domain.sendMarker(id, this.world.stage.domain);
    const isOver = () => domain.hasClosed('stream') || domain.hasClosed('connection');
    const settled = () => !this.#pending.has(id) || isOver() || this.world.lostStream() !== undefined;
    const arrived = await this.world.arrivals.until(settled, this.timeoutMs);
    this.#pending.delete(id);
    if (!arrived) throw new HarnessFault(`fence marker not back within ${this.timeoutMs} ms: ${path}`);
  }

  /**
   * Passes when the server has dealt with what each of them sent to it, which is in order on one stream.
   * @throws HarnessFault when a marker does not come back
   */
  async passOwn(parties: readonly Resource[]): Promise<void> {
    await this.#round(parties, false);
  }

  /**
   * Passes when a user who was away has been given what was stored: the messages sent by {@link leaveSentinel},
   * which stand behind it in the store.
   */
  async passStored(user: string): Promise<void> {
    const sentinels = this.#sentinels.get(user);
    if (sentinels === undefined) return;
    const settled = () => sentinels.size === 0 || this.world.lostStream() !== undefined;
    await this.world.arrivals.until(settled, this.timeoutMs);
    this.#sentinels.delete(user);
    this.world.demandStreams();
    if (sentinels.size > 0) {
      throw new HarnessFault(
        `a message sent to ${user} while no resource was available neither came back as an error nor was delivered at the next log-in within ${this.timeoutMs} ms, so nothing shows when stored stanzas have all been delivered`,
      );
    }
  }

  /** Sends a message behind what was sent to a user without an available resource. */
  leaveSentinel(sender: Party, user: string): void {
    const id = this.#nextId();
    const sentinels = this.#sentinels.get(user) ?? new Set();
    sentinels.add(id);
    this.#sentinels.set(user, sentinels);
    const from = addressOf(sender);
    sender.send(
      element('message', NS.client, { from, to: this.world.jids.get(user), type: 'chat', id }, [
        element('body', NS.client, {}, ['What was sent before this has been stored.']),
        element('fence', FENCE_NS),
      ]),
    );
  }

  #there(actors: readonly Party[]): Party[] {
    return actors.filter((party) => this.world.isFenced(party));
  }

  async #roundsOfAll(): Promise<void> {
    const rounds = this.world.stage.peer === undefined ? ROUNDS_OF_ALL : ROUNDS_OVER_LINK;
    for (let round = 0; round < rounds; round++) {
      await this.#round([...this.world.fenced(), ...this.world.fencedContacts()], round < rounds - 1);
    }
  }

  /** Each party asks its server and sends to all that it can reach; all of it must come back. */
  async #round(parties: readonly Party[], withMessages: boolean): Promise<void> {
    for (const party of parties) {
      for (const stanza of this.#markersOf(party, withMessages)) party.send(stanza);
    }
    const complete = () => this.#pending.size === 0 || this.world.lostStream() !== undefined;
    const arrived = await this.world.arrivals.until(complete, this.timeoutMs);
    const lost = this.world.lostStream();
    const missing = [...this.#pending.values()].map((marker) => marker.path);
    const bounced = this.#bounced.splice(0);
    this.#pending.clear();
    if (lost !== undefined) throw new HarnessFault(lost);
    if (!arrived) {
      throw new HarnessFault(`fence marker not back within ${this.timeoutMs} ms: ${missing.join('; ')}`);
    }
    if (bounced.length > 0) throw new HarnessFault(`fence marker refused: ${bounced.join('; ')}`);
  }

  #markersOf(party: Party, withMessages: boolean): Element[] {
    const { world } = this;
    const reaches = (other: Party) => !this.#isApart(party) && !this.#isApart(other);
    const available = world.fenced().filter((resource) => resource.available);
    const contacts = world.fencedContacts();
    if (party instanceof Resource) {
      const others = [...contacts, ...available.filter(({ user }) => user !== party.user)];
      return [
        this.#query(party, undefined, `${party.name} to its server`),
        ...this.#queriesOverLink(party),
        ...(withMessages ? others.filter(reaches).map((other) => this.#message(party, other)) : []),
      ];
    }
    return [
      ...this.#queriesOf(party),
      ...(withMessages ? available.filter(reaches).map((resource) => this.#message(party, resource)) : []),
    ];
  }

  /** The account of each user elsewhere, which its server answers for, whether a resource is there or not. */
  #queriesOverLink(party: Resource): Element[] {
    const { world } = this;
    const home = world.homeOf(party.user);
    return [...world.accounts]
      .filter(([user]) => world.homeOf(user) !== home && !this.#isApart(party) && !world.isApart(user))
      .map(([user, { jid }]) => this.#query(party, jid, `${party.name} to the account of ${user}`));
  }

  /** A contact asks each account; the server itself where a rule under test may come between. */
  #queriesOf(contact: Party): Element[] {
    const { accounts, stage } = this.world;
    const reached = [...accounts].filter(([user]) => !this.#isApart(contact) && !this.world.isApart(user));
    const queries = reached.map(([user, { jid }]) =>
      this.#query(contact, jid, `${contact.name} to the account of ${user}`),
    );
    if (reached.length === accounts.size) return queries;
    return [...queries, this.#query(contact, stage.domain, `${contact.name} to the server`)];
  }

  #isApart(party: Party): boolean {
    return this.world.isApart(party instanceof Resource ? party.user : party.name);
  }

  /** An IQ that the server itself must answer (RFC 3921 11.1): no entity knows its namespace. */
  #query(from: Party, to: string | undefined, path: string): Element {
    const id = this.#nextId();
    this.#pending.set(id, { path: `query of ${path}` });
    return element('iq', NS.client, { from: addressOf(from), to, type: 'get', id }, [
      element('query', FENCE_NS),
    ]);
  }

  /** Headlines are never stored (RFC 6121 8.5), so a marker can't turn up later. */
  #message(from: Party, to: Party): Element {
    const id = this.#nextId();
    this.#pending.set(id, { path: `message from ${from.name} to ${to.name}` });
    return element('message', NS.client, { from: addressOf(from), to: to.jid, type: 'headline', id }, [
      element('fence', FENCE_NS),
    ]);
  }

  #nextId(): string {
    return `${MARKER_PREFIX}${this.#case}-${++this.#sent}`;
  }
}

/** A client's server stamps what it sends; a component says itself for whom it speaks (XEP-0114 section 3). */
function addressOf(sender: Party): string | undefined {
  return sender instanceof Resource ? undefined : sender.jid;
}
