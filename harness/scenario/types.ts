import type { LogInStage } from '../wire/client.js';
import type { Element } from '../wire/element.js';
import type { Closing } from '../wire/stream.js';

/** A scenario as written: one file, one behaviour, a table of cases. */
export interface Scenario {
  /** `AREA/NAME`, as its path under fixtures/scenarios. */
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** Path relative to the package root, for complaints and reports. */
  readonly file: string;
  readonly needs: readonly string[];
  /** Rows of the table; one row without columns when the scenario has no table. */
  readonly rows: readonly Row[];
  readonly users: readonly UserDecl[];
  readonly domains: readonly DomainDecl[];
  readonly contacts: readonly ContactDecl[];
  readonly subscriptions: readonly SubscriptionDecl[];
  readonly steps: readonly Step[];
}

/** A case of the table: its name and the value of each column. */
export interface Row {
  readonly name: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly line: number;
}

/** Something that stands on a line and may apply to some cases only. */
interface Placed {
  readonly line: number;
  /** `column=value and column!=value`; empty: always. */
  readonly when: string;
}

/**
 * Between whom markers of the fence go while the scenario is played. `server`: a rule under test may stop what passes
 * between this party and others, so it exchanges markers with the server alone.
 */
export type FenceReach = 'everyone' | 'server';

/** Where a user's account is: on the target, or on the other server of a pair whose interoperation is judged. */
export type Server = 'target' | 'peer';

/** An account with its resources. */
export interface UserDecl {
  readonly name: string;
  readonly server: Server;
  readonly fence: FenceReach;
  readonly resources: readonly ResourceDecl[];
  readonly line: number;
}

/** A resource of a user: what it does when it logs in. */
export interface ResourceDecl extends Placed {
  readonly name: string;
  /** The resource to ask for at binding: its name, unless two want the same. */
  readonly boundAs: string;
  /** How far its log-in goes. */
  readonly logIn: LogInStage;
  /** Requests the roster: an interested resource (RFC 6121 2.2). */
  readonly interested: boolean;
  /** Sends initial presence: an available resource (RFC 3921 5.1.1). */
  readonly available: boolean;
  /** The initial presence, when it is more than an empty stanza. */
  readonly presence: Element | undefined;
  /** Not logged in before a `login` of the play. */
  readonly joinsLater: boolean;
  /** Leaves roster pushes to the scenario to answer. */
  readonly leavesPushes: boolean;
}

/** Where those come to who look for a remote domain. */
export type DomainReach =
  | 'up'
  | 'refusing'
  | 'resetting'
  | 'silent'
  | 'unknown'
  | 'unlisted'
  | 'only-im-and-pres';

/** A remote domain with a server of its own, played by the harness. */
export interface DomainDecl {
  readonly name: string;
  /** One of {@link DomainReach}, or a {column} that holds it. */
  readonly is: string;
  /** No marker goes there before the play, so that the first stanza finds no stream. */
  readonly isCold: boolean;
  /** The dialback keys that its server vouches for. */
  readonly keys: 'own' | 'all' | 'none';
  /** What its server answers when the target proves itself. */
  readonly answers: 'truth' | 'invalid' | 'nothing';
  /** Its server proves the domain before it sends; else the play does, or leaves it. */
  readonly proves: boolean;
  readonly line: number;
}

/** A contact outside the target's domain, played by the harness. */
export interface ContactDecl {
  readonly name: string;
  /** The name of a domain of the play; absent: the domain that all other contacts of a run share. */
  readonly domain?: string;
  readonly placement: 'remote';
  readonly fence: FenceReach;
  readonly line: number;
}

/** A subscription state to be reached before the play. */
export interface SubscriptionDecl {
  readonly of: string;
  readonly to: string;
  /** State name, or a {column} that holds it. */
  readonly state: string;
  /** `yes` or `no` where the state exists with and without a roster item. */
  readonly item: string;
  readonly name: string;
  readonly group: string;
  readonly line: number;
}

/** A line of the play. */
export type Step = Action | Check;

/** Something that a party does. */
export type Action = SendAction | LoginAction | LogoutAction | DomainAction;

/** A party sends a stanza, or text as it stands. */
export interface SendAction extends Placed {
  readonly kind: 'send';
  readonly from: string;
  readonly stanza: Element | undefined;
  /** Deliberately malformed text; empty when a stanza is sent. */
  readonly malformed: string;
}

/** A declared resource logs in. */
export interface LoginAction extends Placed {
  readonly kind: 'login';
  readonly resource: string;
}

/** A resource leaves. */
export interface LogoutAction extends Placed {
  readonly kind: 'logout';
  readonly resource: string;
  readonly how: 'unavailable' | 'close' | 'cut';
}

/** A remote domain can be reached no more, or again. */
export interface DomainAction extends Placed {
  readonly kind: 'domain-goes';
  readonly domain: string;
  /** One of {@link DomainReach}, or a {column} that holds it. */
  readonly to: string;
}

/** What the server at the other end of the link has a part in. */
interface BetweenServers {
  /** Clauses by which the other server must have sent what is watched for; absent: none. */
  readonly farEnd?: readonly string[];
}

/** Something that is judged. */
export type Check =
  | ExpectCheck
  | NeverCheck
  | StreamCheck
  | OrderCheck
  | ChoiceCheck
  | AskedCheck
  | StateCheck;

/** A stanza must arrive at each of the places. */
export interface ExpectCheck extends Placed, BetweenServers {
  readonly kind: 'expect';
  readonly id: string;
  readonly at: readonly string[];
  readonly template: Element;
  /** Exactly so often; undefined: at least once. */
  readonly times: number | undefined;
  readonly asserts: readonly AssertCheck[];
  readonly proves: readonly string[];
}

/** Something that must hold of an expected stanza that arrived. */
export interface AssertCheck extends Placed, BetweenServers {
  /** XPath 1.0, prefixes c (content namespace), r (jabber:iq:roster), e (stanza errors). */
  readonly test: string;
  /** The same in words. */
  readonly says: string;
  readonly proves: readonly string[];
}

/** A stanza must not arrive at any of the places within the exchange. */
export interface NeverCheck extends Placed, BetweenServers {
  readonly kind: 'never';
  readonly at: readonly string[];
  readonly template: Element;
  readonly proves: readonly string[];
}

/** The server must, or must not, have closed the stream, or the connection below it, of each of the places. */
export interface StreamCheck extends Placed {
  readonly kind: 'closed' | 'open';
  readonly at: readonly string[];
  readonly what: Closing;
  readonly proves: readonly string[];
}

/** Of two expectations met at one place, which must have come first. */
export interface OrderCheck extends Placed, BetweenServers {
  readonly kind: 'order';
  readonly at: readonly string[];
  readonly first: string;
  readonly then: string;
  readonly proves: readonly string[];
}

/** The name service must have been asked about a domain since the case began, in this order of what was asked first. */
export interface AskedCheck extends Placed {
  readonly kind: 'asked';
  readonly domain: string;
  /** SRV services as `_xmpp-server._tcp`, and `address`. */
  readonly names: readonly string[];
  /** What must not have been asked. */
  readonly not: readonly string[];
  readonly proves: readonly string[];
}

/** Permitted alternatives. */
export interface ChoiceCheck extends Placed, BetweenServers {
  readonly kind: 'one-of';
  readonly name: string;
  /** Between two servers, the user whose server chooses; absent: that of the first place. */
  readonly of?: string;
  readonly options: readonly ChoiceOption[];
  /** Satisfied by whichever option. */
  readonly proves: readonly string[];
}

/** One alternative: all its parts hold, or it was not taken. */
export interface ChoiceOption {
  readonly name: string;
  readonly parts: readonly ChoicePart[];
  /** What it expects at one place came in the order of the parts. */
  readonly inOrder: boolean;
  /** Satisfied only when this option is taken. */
  readonly proves: readonly string[];
  /** What the people at both ends lose where it is taken, though it is permitted; absent: nothing. */
  readonly gap?: string;
}

/** What shows that an option is taken: a stanza that arrives, or does not, or a stream that is closed, or is not. */
export type ChoicePart =
  | {
      readonly kind: 'expect' | 'never';
      readonly at: readonly string[];
      readonly template: Element;
      readonly line: number;
    }
  | {
      readonly kind: 'closed' | 'open';
      readonly at: readonly string[];
      readonly what: Closing;
      readonly line: number;
    };

/** A subscription state that clauses demand. */
export interface DemandedState {
  readonly is: string;
  /** `yes`, `no`; `any` or empty: either. */
  readonly item: string;
  readonly proves: readonly string[];
}

/** The subscription state at the end of the play. */
export interface StateCheck extends Placed, DemandedState, BetweenServers {
  readonly kind: 'state';
  readonly of: string;
  readonly to: string;
  /** Other states, which other clauses demand instead. */
  readonly alternatives: readonly DemandedState[];
}

/** Actions, and the checks that are judged after their fence. */
export interface Exchange {
  readonly actions: readonly Action[];
  readonly checks: readonly Exclude<Check, StateCheck>[];
}

/** One case ready to play: columns filled in, lines that do not apply left out. */
export interface PlayableCase {
  readonly scenario: Scenario;
  readonly name: string;
  readonly users: readonly UserDecl[];
  readonly domains: readonly DomainDecl[];
  readonly contacts: readonly ContactDecl[];
  readonly subscriptions: readonly SubscriptionDecl[];
  readonly exchanges: readonly Exchange[];
  readonly states: readonly StateCheck[];
}
