import type { Accounts } from './accounts.js';
import type { Variation } from './deviations.js';
import type { Policy } from './policy.js';

/**
 * A policy that decides as the given one does, and tells which variations would have decided differently. Up to the
 * first such decision a server with that variation behaves in every way like the one watched; so a play in which none
 * is told of would have gone no differently there.
 * @param told called with the id of a variation, as often as it differs
 */
export function watched(
  policy: Policy,
  variations: readonly Variation[],
  accounts: Accounts,
  told: (id: string) => void,
): Policy {
  const others = variations.map(({ id, deviate }) => ({ id, decisions: deviate(policy, accounts) }));
  return new Proxy(policy, {
    get(sound, key) {
      const decided: unknown = Reflect.get(sound, key);
      const asked = others.filter(({ decisions }) => key in decisions);
      if (asked.length === 0) return decided;
      const compare = (taken: unknown, take: (decision: unknown) => unknown): unknown => {
        for (const { id, decisions } of asked) {
          if (!isSame(take(Reflect.get(decisions, key)), taken)) told(id);
        }
        return taken;
      };
      if (typeof decided !== 'function') return compare(decided, (decision) => decision);
      return (...given: readonly unknown[]): unknown =>
        compare(Reflect.apply(decided, policy, given), (decision) =>
          typeof decision === 'function' ? Reflect.apply(decision, policy, given) : decision,
        );
    },
  });
}

/**
 * Whether two decisions are beyond doubt the same: stanzas and what holds them by their content, anything that lives on
 * (sessions, accounts) only if it is one and the same.
 */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) !== Array.isArray(other) || !isPlain(one) || !isPlain(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => isSame(Reflect.get(one, key), Reflect.get(other, key)))
  );
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const kind: unknown = Object.getPrototypeOf(value);
  return kind === Object.prototype || kind === Array.prototype;
}
