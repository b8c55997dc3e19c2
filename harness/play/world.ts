import type { Account } from '../accounts/provisioner.js';
import { CaseTranscript } from '../party/case-transcript.js';
import type { Contact, ContactHost } from '../party/contact.js';
import { Domain } from '../party/domain.js';
import type { DomainServer, DomainServerOptions } from '../party/domain-server.js';
import { Arrivals } from '../party/mailbox.js';
import type { Party } from '../party/party.js';
import { Resource } from '../party/resource.js';
import type { DomainDecl, DomainReach, PlayableCase, ResourceDecl } from '../scenario/types.js';
import type { ClientStream, LogInStage } from '../wire/client.js';
import { child } from '../wire/element.js';
import { describeError } from '../wire/failure.js';
import type { Recorder } from '../wire/transcript.js';
import { HarnessFault } from './fault.js';
import { Fence } from './fence.js';

/** How it shows on a target that a contact's request waits for an answer. */
export type RequestSign =
  /** It is delivered to each new resource: where none is delivered, none waits. */
  | 'redelivered'
  /** Approving it changes the subscription, which approving what nobody asked for does not. */
  | 'approvable'
  /** It does not show: the target delivers a request once, and lets the user approve what nobody asked for. */
  | 'hidden';

/** A server that users of a play have their accounts on. */
export interface Home {
  readonly domain: string;
  /** A fresh account whose name begins with the hint. */
  account(hint: string): Promise<Account>;
  /** Logs in; the stream's traffic goes to the recorder. */
  logIn(account: Account, resource: string, record: Recorder, stage?: LogInStage): Promise<ClientStream>;
  readonly requestSign: RequestSign;
}

/** What a case needs of the run that it belongs to: the target, and what else takes part. */
export interface Stage extends Home {
  /** Longest wait for a stanza that is judged, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * Longest wait for what judging rests on (log-ins, rosters, markers), in milliseconds. Without it nothing is judged,
   * so that patience costs no verdict, and a loaded machine gets its time.
   */
  readonly patienceMs: number;
  /** Wait after a fence before silence counts, in milliseconds. */
  readonly settleMs: number;
  /** The server at the other end of the link; absent where the target is judged alone. */
  readonly peer?: Home;
  /** Where contacts live; undefined when neither a component nor federation was asked for. */
  readonly contacts: ContactHost | undefined;
  /** A name for a contact, unique in the run. */
  contactName(hint: string): string;
  /** Starts the server of a domain, whose name begins with the hint; absent where nothing leads to one. */
  readonly startDomain?: (hint: string, options: DomainServerOptions) => Promise<DomainServer>;
}

/** The people of one case: accounts, connected resources, contacts; what they saw; their fence. */
export class World {
  readonly transcript = new CaseTranscript();
  readonly arrivals = new Arrivals();
  readonly fence: Fence;
  readonly accounts = new Map<string, Account>();
  readonly #homes = new Map<string, Home>();
  readonly contacts = new Map<string, Contact>();
  readonly domains = new Map<string, Domain>();
  /** The domain of each contact that does not live where all others do. */
  readonly #domainOf = new Map<string, Domain>();
  readonly resources = new Map<string, Resource>();
  /** JIDs by placeholder: `romeo`, `romeo/orchard`, `juliet`, `domain`, `peer-domain`, `contacts`, `contacts-parent`. */
  readonly jids = new Map<string, string>();
  /** Resources that have logged in again since, by their earlier streams. */
  readonly #former: Resource[] = [];
  /** Where this case's contacts live: the run may connect another component meanwhile. */
  readonly #contactHost: ContactHost | undefined;
  #extras = 0;
  /** Users and contacts that exchange markers with the server alone. */
  #apart: ReadonlySet<string> = new Set();

  private constructor(readonly stage: Stage) {
    this.#contactHost = stage.contacts;
    this.fence = new Fence(this, stage.patienceMs);
    this.jids.set('domain', stage.domain);
    if (stage.peer !== undefined) this.jids.set('peer-domain', stage.peer.domain);
    if (stage.contacts !== undefined) {
      const { domain } = stage.contacts;
      this.jids.set('contacts', domain);
      this.jids.set('contacts-parent', domain.slice(domain.indexOf('.') + 1));
    }
  }

  /** Makes the accounts and contacts of a case. */
  static async create(play: PlayableCase, stage: Stage): Promise<World> {
    const world = new World(stage);
    try {
      await world.#populate(play);
    } catch (error) {
      // Servers of domains listen already.
      world.dismiss();
      throw error;
    }
    return world;
  }

  async #populate(play: PlayableCase): Promise<void> {
    for (const user of play.users) {
      const home = user.server === 'target' ? this.stage : this.stage.peer;
      if (home === undefined) throw new HarnessFault(`no other server was given for ${user.name}`);
      const account = await home.account(user.name);
      this.#homes.set(user.name, home);
      this.accounts.set(user.name, account);
      this.jids.set(user.name, account.jid);
      for (const resource of user.resources) {
        this.jids.set(`${user.name}/${resource.name}`, `${account.jid}/${resource.boundAs}`);
      }
    }
    for (const decl of play.domains) await this.#found(decl);
    for (const { name, domain: own } of play.contacts) {
      const domain = own === undefined ? undefined : this.domain(own);
      if (domain !== undefined) this.#domainOf.set(name, domain);
      const host = domain?.contacts ?? this.#contactHost;
      if (host === undefined) throw new HarnessFault(`nothing was given to play ${name}`);
      const contact = host.contact(
        name,
        this.stage.contactName(name),
        this.transcript,
        this.arrivals,
        this.fence.returned,
      );
      this.contacts.set(name, contact);
      this.jids.set(name, contact.jid);
    }
  }

  async #found(decl: DomainDecl): Promise<void> {
    const { name, is, keys, answers, proves } = decl;
    const { startDomain } = this.stage;
    if (startDomain === undefined) throw new HarnessFault(`nothing leads to a domain ${name}`);
    const isPlain = is === 'up' && keys === 'own' && answers === 'truth' && proves;
    const domain = await Domain.start(
      name,
      { reach: is as DomainReach, conduct: { keys, answers, proves }, isApart: decl.isCold || !isPlain },
      (options) => startDomain(name, options),
      {
        transcript: this.transcript,
        arrivals: this.arrivals,
        onMarker: this.fence.returned,
        onKey: (streamId) => this.jids.set(`${name}/stream`, streamId),
      },
    );
    this.domains.set(name, domain);
    this.jids.set(name, domain.jid);
  }

  /** The domain of this name. */
  domain(name: string): Domain {
    const domain = this.domains.get(name);
    if (domain === undefined) throw new HarnessFault(`${name} is no domain of this scenario`);
    return domain;
  }

  /** The server that the user has the account on. */
  homeOf(user: string): Home {
    return this.#homes.get(user) ?? this.stage;
  }

  /** The party of this name. */
  party(name: string): Party {
    const party = this.resources.get(name) ?? this.contacts.get(name) ?? this.domains.get(name);
    if (party === undefined) throw new HarnessFault(`${name} is not there at this point of the play`);
    return party;
  }

  /** Everybody, also resources that have left, and the earlier streams of those that have logged in again. */
  parties(): Party[] {
    return [...this.people(), ...this.domains.values()];
  }

  /** The same without domains, to whom the target's server may say much that no scenario speaks of. */
  people(): Party[] {
    return [...this.#former, ...this.resources.values(), ...this.contacts.values()];
  }

  /** The resources that are connected. */
  connected(): Resource[] {
    return [...this.resources.values()].filter((resource) => resource.connected);
  }

  /** The resources through which the fence passes. */
  fenced(): Resource[] {
    return [...this.resources.values()].filter((resource) => resource.isFenced);
  }

  /** The contacts whom markers reach. */
  fencedContacts(): Contact[] {
    return [...this.contacts.values()].filter((contact) => this.isFenced(contact));
  }

  /** Whether markers go from the party and come back. */
  isFenced(party: Party): boolean {
    if (party instanceof Resource) return party.isFenced;
    return !(party instanceof Domain) && this.#domainOf.get(party.name)?.isFenced !== false;
  }

  /** Whether something may take a way that no fence follows. */
  get isBeyondFence(): boolean {
    return [...this.domains.values()].some((domain) => !domain.isFenced);
  }

  /** From now on the rules under test may be in force, so that no marker goes where they could stop it. */
  keepMarkersApart({ users, contacts }: PlayableCase): void {
    const apart = [...users, ...contacts].filter(({ fence }) => fence === 'server');
    this.#apart = new Set(apart.map(({ name }) => name));
  }

  /** Whether the user or contact of this name exchanges markers with the server alone. */
  isApart(name: string): boolean {
    return this.#apart.has(name);
  }

  /**
   * Logs a declared resource in, as far as it says: roster request first, then initial presence (RFC 3921 7.3).
   * @throws TargetError when a log-in that must be complete is refused
   */
  async join(user: string, decl: ResourceDecl): Promise<Resource> {
    const resource = await this.connect(user, decl.name, decl.boundAs, decl.logIn);
    resource.leavesPushes = decl.leavesPushes;
    if (decl.logIn !== 'complete') resource.showNegotiation();
    if (!resource.isComplete) return resource;
    if (decl.interested) await this.roster(resource);
    if (decl.available) resource.sendInitialPresence(decl.presence);
    return resource;
  }

  /** Connects a resource of the user that neither requests the roster nor sends presence. */
  async connect(
    user: string,
    resource: string,
    boundAs: string = resource,
    stage: LogInStage = 'complete',
  ): Promise<Resource> {
    const account = this.accounts.get(user);
    if (account === undefined) throw new HarnessFault(`${user} is no user of this scenario`);
    const name = `${user}/${resource}`;
    const stream = await this.homeOf(user).logIn(account, boundAs, this.transcript.recorder(name), stage);
    const jid = stream.jid === '' ? `${account.jid}/${boundAs}` : stream.jid;
    const party = new Resource(name, user, stream, jid, this.transcript, this.arrivals, this.fence.returned);
    const former = this.resources.get(name);
    if (former !== undefined) this.#former.push(former);
    this.resources.set(name, party);
    this.jids.set(name, party.jid);
    return party;
  }

  /** Connects a resource that belongs to the harness and not to the scenario: to reach or read back a state. */
  connectExtra(user: string, purpose: string): Promise<Resource> {
    return this.connect(user, `${purpose}-${++this.#extras}`);
  }

  /** The roster, as the resource gets it. */
  async roster(resource: Resource) {
    const answer = await resource.requestRoster(this.stage.patienceMs);
    if (answer === undefined) {
      throw new HarnessFault(
        `${resource.name} got no answer to its roster request within ${this.stage.patienceMs} ms${this.loss(resource)}`,
      );
    }
    if (answer.attrs.type === 'error') {
      throw new HarnessFault(
        `${resource.name} was refused its roster (${describeError(child(answer, 'error') ?? answer)})`,
      );
    }
    return answer;
  }

  /** Ends every stream of the case, without waiting for the target's farewell. */
  dismiss(): void {
    for (const resource of [...this.#former, ...this.resources.values()]) void resource.leave('cut');
    for (const contact of this.contacts.values()) this.#contactHost?.release(contact);
    for (const domain of this.domains.values()) domain.close();
  }

  /**
   * Makes sure that silence was not that of a broken stream.
   * @throws HarnessFault when one has ended without the harness ending it
   */
  demandStreams(): void {
    const lost = this.lostStream();
    if (lost !== undefined) throw new HarnessFault(lost);
  }

  /** Which stream of the case ended without the harness ending it, and how; undefined while all stand. */
  lostStream(): string | undefined {
    for (const resource of this.resources.values()) {
      if (resource.lost !== undefined) return `${resource.name} lost its stream: ${resource.lost.message}`;
    }
    for (const contact of this.contacts.values()) {
      if (contact.lost !== undefined) return `${contact.name} lost its stream: ${contact.lost.message}`;
    }
    return undefined;
  }

  /** Why a resource is gone, as the end of a sentence; empty when it is not. */
  loss(resource: Resource): string {
    return resource.lost === undefined ? '' : ` (its stream ended: ${resource.lost.message})`;
  }
}
