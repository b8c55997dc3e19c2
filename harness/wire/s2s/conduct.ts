import type { Closing, StanzaListener } from '../stream.js';

/** What can be found where the name of a domain leads to. */
export type Reach =
  /** a server */
  | 'up'
  /** nobody who listens */
  | 'refusing'
  /** somebody who drops each connection at once */
  | 'resetting'
  /** somebody who takes connections and says nothing */
  | 'silent';

/** How a domain that a scenario plays behaves towards the other server. */
export interface Conduct {
  /** The dialback keys that it vouches for when it is asked: those that it made, any, or none. */
  readonly keys: 'own' | 'all' | 'none';
  /** What it tells a server that proves itself: what that server's own domain says, that the key is invalid, or nothing. */
  readonly answers: 'truth' | 'invalid' | 'nothing';
  /** Whether it proves its domains before it sends; if not, whoever plays it does, or leaves it. */
  readonly proves: boolean;
}

/** The conduct of a server as it should be. */
export const GOOD_CONDUCT: Conduct = { keys: 'own', answers: 'truth', proves: true };

/** Who watches what is not for contacts. */
export interface Onlooker {
  /** Stream features and errors, dialback, TLS: all that the other server sends but stanzas. */
  readonly onElement: StanzaListener;
  /** The other server has closed a stream that was opened to it, or the connection below. */
  onClosing(what: Closing): void;
  /** The other server proves itself on the stream with this id. */
  onKey(streamId: string): void;
}
