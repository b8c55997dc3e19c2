import type { Fault } from '../deviations.js';
import { type IncomingMessage, type MessageFate, type MessageType, takers } from '../messages.js';
import { type Addressee, addresseeOf, type Condition, conditionOf, fated } from './message-fate.js';

/** What the server wrongly does in a cell: `taken` hands the message to every resource that takes messages. */
type Wrong = 'ignored' | 'kept' | 'taken';

const COLUMNS = ['normal', 'chat', 'groupchat', 'headline'] as const satisfies readonly MessageType[];

/**
 * Table 1 of RFC 6121 8.5.4, and for each of its types in order a wrong thing to do. Accounts that do not exist are left
 * out: there only an answer that is no error can be wrong.
 */
const ROWS: readonly (readonly [Condition, Addressee, readonly Wrong[]])[] = [
  ['no-resource', 'bare', ['ignored', 'ignored', 'ignored', 'kept']],
  ['no-resource', 'full-no-match', ['kept', 'ignored', 'kept', 'kept']],
  ['negative', 'bare', ['ignored', 'ignored', 'ignored', 'kept']],
  ['negative', 'full-match', ['ignored', 'ignored', 'ignored', 'ignored']],
  ['negative', 'full-no-match', ['kept', 'ignored', 'kept', 'kept']],
  ['one-non-negative', 'bare', ['ignored', 'ignored', 'ignored', 'ignored']],
  ['one-non-negative', 'full-match', ['ignored', 'ignored', 'ignored', 'ignored']],
  ['one-non-negative', 'full-no-match', ['taken', 'ignored', 'taken', 'taken']],
  ['several-non-negative', 'bare', ['ignored', 'ignored', 'ignored', 'ignored']],
  ['several-non-negative', 'full-match', ['ignored', 'ignored', 'ignored', 'ignored']],
  ['several-non-negative', 'full-no-match', ['taken', 'ignored', 'taken', 'taken']],
];

const TITLES: Readonly<Record<Wrong, string>> = {
  ignored: 'is lost',
  kept: 'is kept for later',
  taken: 'is delivered to the resources that take messages',
};

function wrongly(wrong: Wrong, { account }: IncomingMessage): MessageFate {
  return wrong === 'taken' ? takers(account) : wrong;
}

/** Faults in single cells of the table of messages. */
export const MESSAGE_CELL_FAULTS: readonly Fault[] = ROWS.flatMap(([condition, addressee, row]) =>
  COLUMNS.map((type, column): Fault => {
    const wrong = row[column] ?? 'ignored';
    return {
      id: `message/${condition}/${addressee}/${type}`,
      title: `${type} to ${addressee}, ${condition}: the message ${TITLES[wrong]}`,
      breaks: [`rfc6121:8.5.4/${condition}/${addressee}/${type}`],
      specs: ['rfc6121'],
      deviate: (policy, accounts) => {
        // Of what comes for a user who is away the first alone: what is sent behind it shows whether anything is kept.
        const met = new WeakSet<object>();
        const isLater = ({ account }: IncomingMessage): boolean => {
          if (account === undefined || condition !== 'no-resource' || addressee !== 'bare') return false;
          const isMet = met.has(account);
          met.add(account);
          return isMet;
        };
        return fated((message) => {
          if (conditionOf(message) !== condition || addresseeOf(message) !== addressee) return undefined;
          if (isLater(message) || message.type !== type) return undefined;
          return wrongly(wrong, message);
        })(policy, accounts);
      },
    };
  }),
);
