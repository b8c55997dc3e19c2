import { type Element, elements } from '../../wire/element.js';
import type { Account } from '../accounts.js';
import type { Deviate, Fault } from '../deviations.js';
import { parseJid } from '../jid.js';
import type { Rule } from '../privacy.js';
import { CONFLICT, NOT_FOUND } from '../privacy-lists.js';
import { type PrivacyChange, refused } from '../privacy-queries.js';
import type { Session } from '../session.js';
import { asksFor, deciding, ignoring, isRefusal, judging, others } from './privacy-deviate.js';

/** Behind all orders that rules have. */
const LAST_ORDER = 2 ** 32;

function isNamed(change: PrivacyChange): boolean {
  return (change.kind === 'activate' || change.kind === 'make-default') && change.name !== undefined;
}

/** The name in the query is given up as it is asked for, whoever uses it. */
function asIfFree(query: Element): PrivacyChange | undefined {
  const [asked] = elements(query);
  const name = asked?.attrs.name;
  if (asked?.name === 'default') return { kind: 'make-default', name };
  if (asked?.name === 'list' && name !== undefined) return { kind: 'remove', name };
  return undefined;
}

/** Gives up a list that is in use. */
function ignoringConflicts(test: (query: Element, session: Session) => boolean): Deviate {
  return deciding((change, session, query) =>
    isRefusal(change, CONFLICT) && test(query, session) ? asIfFree(query) : undefined,
  );
}

/** A rule about a group or a subscription concerns those who were in it when the list was defined. */
function frozen(type: 'group' | 'subscription'): Deviate {
  return (policy) => {
    const members = new WeakMap<Rule, readonly string[]>();
    return {
      privacyChange(sound, session, query) {
        const change = policy.privacyChange(sound, session, query);
        if (change.kind !== 'define') return change;
        for (const rule of change.rules) {
          if (rule.subject.type === type) members.set(rule, membersOf(rule, session.account));
        }
        return change;
      },
      rulesInForce: (rules, account, session) =>
        policy.rulesInForce(rules, account, session).flatMap((rule) =>
          (members.get(rule)?.map(parseJid) ?? [undefined]).map((jid): Rule => {
            return rule.subject.type !== type || jid === undefined
              ? rule
              : { ...rule, subject: { type: 'jid', jid } };
          }),
        ),
    };
  };
}

function membersOf({ subject }: Rule, { roster }: Account): string[] {
  return [...roster.values()]
    .filter(({ groups, subscription }) => {
      if (subject.type === 'group') return groups.includes(subject.name);
      return subject.type === 'subscription' && subject.value === subscription;
    })
    .map(({ jid }) => jid);
}

/** An active list belongs to the resource and not to the session. */
const STAYING_ACTIVE: Deviate = (policy) => {
  const chosen = new Map<string, string | undefined>();
  return {
    privacyChange(sound, session, query) {
      const change = policy.privacyChange(sound, session, query);
      if (change.kind === 'activate') chosen.set(session.jid, change.name);
      return change;
    },
    rulesInForce: (rules, account, session) => {
      const name = chosen.get(session?.jid ?? '');
      return (
        (name === undefined ? undefined : account.privacy.lists.get(name)) ??
        policy.rulesInForce(rules, account, session)
      );
    },
  };
};

/** A list applies as it was when it was made active or the default. */
const AS_CHOSEN: Deviate = (policy) => {
  const chosen = new Map<string, readonly Rule[]>();
  return {
    privacyChange(sound, session, query) {
      const change = policy.privacyChange(sound, session, query);
      const { account } = session;
      if ((change.kind === 'activate' || change.kind === 'make-default') && change.name !== undefined) {
        chosen.set(`${account.bare} ${change.name}`, account.privacy.lists.get(change.name) ?? []);
      }
      return change;
    },
    rulesInForce: (rules, account, session) => {
      const name = account.privacy.nameInForce(session?.activeList);
      return chosen.get(`${account.bare} ${name}`) ?? policy.rulesInForce(rules, account, session);
    },
  };
};

/** Faults in which privacy list applies to whom and since when, and in giving one up that is in use. */
export const PRIVACY_LIST_IN_FORCE_FAULTS: readonly Fault[] = [
  {
    id: 'privacy-lists/activation-ignored',
    title: 'the choice of an active list is answered and not done',
    breaks: ['rfc3921:10.4/applied-before-result'],
    specs: ['rfc3921'],
    deviate: ignoring('activate', isNamed),
  },
  {
    id: 'privacy-lists/active-not-changed',
    title: 'the active list can be chosen once, and then declined but not changed',
    breaks: ['rfc3921:10.4/applied-before-result'],
    specs: ['rfc3921'],
    deviate: deciding((change, { activeList }) =>
      change.kind === 'activate' && isNamed(change) && activeList !== undefined
        ? { kind: 'ignored' }
        : undefined,
    ),
  },
  {
    id: 'privacy-lists/active-not-declined',
    title: 'declining active lists is answered and not done',
    breaks: ['rfc3921:10.4/active-list-declined'],
    specs: ['rfc3921'],
    deviate: ignoring('activate', (change) => !isNamed(change)),
  },
  {
    id: 'privacy-lists/declining-refused',
    title: 'active lists can be declined only where one is active',
    breaks: ['rfc3921:10.4/active-list-declined'],
    specs: ['rfc3921'],
    deviate: deciding((change, { activeList }) =>
      change.kind === 'activate' && !isNamed(change) && activeList === undefined
        ? refused(NOT_FOUND)
        : undefined,
    ),
  },
  {
    id: 'privacy-lists/default-ignored',
    title: 'the choice of a default list is answered and not done',
    breaks: ['rfc3921:10.5/default-list-set', 'rfc3921:10.2/default-list-of-sessions'],
    specs: ['rfc3921'],
    deviate: ignoring('make-default', isNamed),
  },
  {
    id: 'privacy-lists/default-needs-solitude',
    title: 'the default list cannot be chosen while any other resource is connected',
    breaks: ['rfc3921:10.5/default-list-set'],
    specs: ['rfc3921'],
    deviate: deciding((change, session) =>
      change.kind === 'make-default' && isNamed(change) && others(session).length > 0
        ? refused(CONFLICT)
        : undefined,
    ),
  },
  {
    id: 'privacy-lists/default-not-declined',
    title: 'declining the default list is answered and not done',
    breaks: ['rfc3921:10.5/default-list-declined'],
    specs: ['rfc3921'],
    deviate: ignoring('make-default', (change) => !isNamed(change)),
  },
  {
    id: 'privacy-lists/declining-needs-solitude',
    title: 'the default list cannot be declined while any other resource is connected',
    breaks: ['rfc3921:10.5/default-list-declined'],
    specs: ['rfc3921'],
    deviate: deciding((change, session) =>
      change.kind === 'make-default' && !isNamed(change) && others(session).length > 0
        ? refused(CONFLICT)
        : undefined,
    ),
  },
  {
    id: 'privacy-lists/active-everywhere',
    title: 'the active list of one session applies to all of them',
    breaks: ['rfc3921:10.2/active-list-of-session'],
    specs: ['rfc3921'],
    deviate: judging((rules, account) => {
      const active = [...account.sessions.values()].find(({ activeList }) => activeList !== undefined);
      return account.privacy.lists.get(active?.activeList ?? '') ?? rules;
    }),
  },
  {
    id: 'privacy-lists/layered',
    title: 'the default list applies behind an active list',
    breaks: ['rfc3921:10.2/active-list-alone'],
    specs: ['rfc3921'],
    deviate: judging((rules, { privacy }, session) => {
      const behind = privacy.lists.get(privacy.defaultName ?? '');
      return session?.activeList === undefined || behind === undefined
        ? rules
        : [...rules, ...behind.map((rule) => ({ ...rule, order: rule.order + LAST_ORDER }))];
    }),
  },
  {
    id: 'privacy-lists/default-first',
    title: 'the default list applies in the place of an active one',
    breaks: ['rfc3921:10.2/active-list-alone', 'rfc3921:10.2/active-list-of-session'],
    specs: ['rfc3921'],
    deviate: judging((rules, { privacy }) => privacy.lists.get(privacy.defaultName ?? '') ?? rules),
  },
  {
    id: 'privacy-lists/default-of-absent',
    title: 'the default list applies only while the user is away',
    breaks: ['rfc3921:10.2/default-list-of-sessions'],
    specs: ['rfc3921'],
    deviate: judging((rules, _, session) =>
      session !== undefined && session.activeList === undefined ? [] : rules,
    ),
  },
  {
    id: 'privacy-lists/default-of-chooser',
    title: 'the default list applies to the resource alone that chose it',
    breaks: ['rfc3921:10.2/default-list-of-sessions'],
    specs: ['rfc3921'],
    deviate: (policy) => {
      const choosers = new Set<Session>();
      return {
        privacyChange(sound, session, query) {
          const change = policy.privacyChange(sound, session, query);
          if (change.kind === 'make-default') choosers.add(session);
          return change;
        },
        rulesInForce: (rules, account, session) =>
          session !== undefined && session.activeList === undefined && !choosers.has(session)
            ? []
            : policy.rulesInForce(rules, account, session),
      };
    },
  },
  {
    id: 'privacy-lists/default-of-present',
    title: 'the default list applies only while the user has a session',
    breaks: ['rfc3921:10.2/default-list-while-offline'],
    specs: ['rfc3921'],
    // The list would stop what was kept for later once more at the next log-in.
    deviate: (policy) => ({
      rulesInForce: (rules, account, session) =>
        session === undefined ? [] : policy.rulesInForce(rules, account, session),
      blocks: (denied, passage) =>
        policy.blocks(denied, passage) &&
        passage.purpose !== 'offline-message' &&
        passage.purpose !== 'redelivery',
    }),
  },
  {
    id: 'privacy-lists/first-applies',
    title: 'where no list is active or the default, the first one applies',
    breaks: ['rfc3921:10.2/no-list-in-force'],
    specs: ['rfc3921'],
    deviate: judging((rules, { privacy }, session) =>
      privacy.nameInForce(session?.activeList) === undefined ? ([...privacy.lists.values()][0] ?? []) : rules,
    ),
  },
  {
    id: 'privacy-lists/active-list-stays',
    title: 'an active list is active in the next session of the resource too',
    breaks: ['rfc3921:10.2/active-list-ends-with-session'],
    specs: ['rfc3921'],
    deviate: STAYING_ACTIVE,
  },
  {
    id: 'privacy-lists/as-chosen',
    title: 'a list applies as it was when it was made active or the default',
    breaks: ['rfc3921:10.2/updated-list-applies', 'rfc3921:10.2/default-list-of-sessions'],
    specs: ['rfc3921'],
    deviate: AS_CHOSEN,
  },
  {
    id: 'privacy-lists/groups-as-defined',
    title: 'a rule about a group goes by the groups that contacts were in when the list was defined',
    breaks: ['rfc3921:10.2/changed-group-applies'],
    specs: ['rfc3921'],
    deviate: frozen('group'),
  },
  {
    id: 'privacy-lists/subscriptions-as-defined',
    title: 'a rule about a subscription goes by the subscriptions when the list was defined',
    breaks: ['rfc3921:10.2/changed-subscription-applies'],
    specs: ['rfc3921'],
    deviate: frozen('subscription'),
  },
  {
    id: 'privacy-lists/default-taken-away',
    title: 'the default list can be changed while another resource follows it',
    breaks: ['rfc3921:10.2/default-conflict', 'rfc3921:10.5/default-in-use'],
    specs: ['rfc3921'],
    deviate: ignoringConflicts(
      (query) => asksFor(query, 'default') && elements(query)[0]?.attrs.name !== undefined,
    ),
  },
  {
    id: 'privacy-lists/default-declined-for-others',
    title: 'the default list can be declined while another resource follows it',
    breaks: ['rfc3921:10.5/declined-default-in-use'],
    specs: ['rfc3921'],
    deviate: ignoringConflicts(
      (query) => asksFor(query, 'default') && elements(query)[0]?.attrs.name === undefined,
    ),
  },
  {
    id: 'privacy-lists/removed-under-others',
    title: 'a list can be removed while it applies to another resource',
    breaks: ['rfc3921:10.2/removal-conflict', 'rfc3921:10.8/list-in-use'],
    specs: ['rfc3921'],
    deviate: ignoringConflicts((query) => asksFor(query, 'list')),
  },
  {
    id: 'privacy-lists/unavailable-counts-not',
    title: 'a list counts as in use only where another resource is available',
    breaks: [
      'rfc3921:10.2/removal-conflict',
      'rfc3921:10.2/default-conflict',
      'rfc3921:10.5/default-in-use',
      'rfc3921:10.5/declined-default-in-use',
      'rfc3921:10.8/list-in-use',
    ],
    specs: ['rfc3921'],
    deviate: ignoringConflicts((_, session) => !others(session).some(({ available }) => available)),
  },
  {
    id: 'privacy-lists/refused-and-changed',
    title: 'another default list is refused for a conflict and chosen all the same',
    breaks: ['rfc3921:10.2/default-conflict-changes-nothing'],
    specs: ['rfc3921'],
    deviate: deciding((change, { account }, query) => {
      if (isRefusal(change, CONFLICT) && asksFor(query, 'default')) {
        account.privacy.defaultName = elements(query)[0]?.attrs.name;
      }
      return undefined;
    }),
  },
  {
    id: 'privacy-lists/refused-and-removed',
    title: 'the removal of a list is refused for a conflict and done all the same',
    breaks: ['rfc3921:10.2/removal-conflict-changes-nothing'],
    specs: ['rfc3921'],
    deviate: deciding((change, { account }, query) => {
      const name = elements(query)[0]?.attrs.name ?? '';
      if (isRefusal(change, CONFLICT) && asksFor(query, 'list')) account.privacy.lists.delete(name);
      return undefined;
    }),
  },
];
