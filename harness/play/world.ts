import type { Account } from '../accounts/provisioner.js';
import { CaseTranscript } from '../party/case-transcript.js';
import type { Contact, ContactHost } from '../party/contact.js';
import { Arrivals } from '../party/mailbox.js';
import type { Party } from '../party/party.js';
import { Resource } from '../party/resource.js';
import type { PlayableCase, ResourceDecl } from '../scenario/types.js';
import type { ClientStream } from '../wire/client.js';
import type { Recorder } from '../wire/transcript.js';
import { HarnessFault } from './fault.js';
import { Fence } from './fence.js';

/** What a case needs of the run that it belongs to. */
export interface Stage {
  readonly domain: string;
  /** Longest wait for anything, in milliseconds. */
  readonly timeoutMs: number;
  /** Wait after a fence before silence counts, in milliseconds. */
  readonly settleMs: number;
  /** A fresh account whose name begins with the hint. */
  account(hint: string): Promise<Account>;
  /** Logs in; the stream's traffic goes to the recorder. */
  logIn(account: Account, resource: string, record: Recorder): Promise<ClientStream>;
  /** Where contacts live; undefined when no component was given. */
  readonly contacts: ContactHost | undefined;
  /** Whether a request that waits is delivered to each new resource: then its absence shows that none waits. */
  readonly redelivers: boolean;
  /** A name for a contact, unique in the run. */
  contactName(hint: string): string;
}

/** The people of one case: accounts, connected resources, contacts; what they saw; their fence. */
export class World {
  readonly transcript = new CaseTranscript();
  readonly arrivals = new Arrivals();
  readonly fence: Fence;
  readonly accounts = new Map<string, Account>();
  readonly contacts = new Map<string, Contact>();
  readonly resources = new Map<string, Resource>();
  /** JIDs by placeholder: `romeo`, `romeo/orchard`, `juliet`, `domain`. */
  readonly jids = new Map<string, string>();
  #extras = 0;

  private constructor(readonly stage: Stage) {
    this.fence = new Fence(this, stage.timeoutMs);
    this.jids.set('domain', stage.domain);
  }

  /** Makes the accounts and contacts of a case. */
  static async create(play: PlayableCase, stage: Stage): Promise<World> {
    const world = new World(stage);
    for (const user of play.users) {
      const account = await stage.account(user.name);
      world.accounts.set(user.name, account);
      world.jids.set(user.name, account.jid);
      for (const resource of user.resources) {
        world.jids.set(`${user.name}/${resource.name}`, `${account.jid}/${resource.name}`);
      }
    }
    for (const { name } of play.contacts) {
      if (stage.contacts === undefined) throw new HarnessFault(`no component was given to play ${name}`);
      const contact = stage.contacts.contact(
        name,
        stage.contactName(name),
        world.transcript,
        world.arrivals,
        world.fence.returned,
      );
      world.contacts.set(name, contact);
      world.jids.set(name, contact.jid);
    }
    return world;
  }

  /** The party of this name. */
  party(name: string): Party {
    const party = this.resources.get(name) ?? this.contacts.get(name);
    if (party === undefined) throw new HarnessFault(`${name} is not there at this point of the play`);
    return party;
  }

  /** Everybody, also resources that have left. */
  parties(): Party[] {
    return [...this.resources.values(), ...this.contacts.values()];
  }

  /** The resources that are connected. */
  connected(): Resource[] {
    return [...this.resources.values()].filter((resource) => resource.connected);
  }

  /** Logs a declared resource in: roster request first, then initial presence (RFC 3921 7.3). */
  async join(user: string, decl: ResourceDecl): Promise<Resource> {
    const resource = await this.connect(user, decl.name);
    if (decl.interested) await this.roster(resource);
    if (decl.available) resource.sendInitialPresence(decl.presence);
    return resource;
  }

  /** Connects a resource of the user that neither requests the roster nor sends presence. */
  async connect(user: string, resource: string): Promise<Resource> {
    const account = this.accounts.get(user);
    if (account === undefined) throw new HarnessFault(`${user} is no user of this scenario`);
    const name = `${user}/${resource}`;
    const stream = await this.stage.logIn(account, resource, this.transcript.recorder(name));
    const party = new Resource(name, user, stream, this.transcript, this.arrivals, this.fence.returned);
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
    const answer = await resource.requestRoster(this.stage.timeoutMs);
    if (answer === undefined) {
      throw new HarnessFault(
        `${resource.name} got no answer to its roster request within ${this.stage.timeoutMs} ms${this.loss(resource)}`,
      );
    }
    return answer;
  }

  /** Ends every stream of the case, without waiting for the target's farewell. */
  dismiss(): void {
    for (const resource of this.resources.values()) void resource.leave('cut');
    for (const contact of this.contacts.values()) this.stage.contacts?.release(contact);
  }

  /** Why a resource is gone, as the end of a sentence; empty when it is not. */
  loss(resource: Resource): string {
    return resource.lost === undefined ? '' : ` (its stream ended: ${resource.lost.message})`;
  }
}
