import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a dialback key vouches for. */
export interface KeyFor {
  /** The domain that the stanzas go to. */
  readonly receiving: string;
  /** The domain that they come from, whose server makes the key. */
  readonly originating: string;
  /** Id of the stream, given by the receiving server. */
  readonly streamId: string;
}

/**
 * The dialback key that XEP-0185 recommends.
 * @param secret known to the originating domain alone
 * @returns 64 hexadecimal digits
 */
export function dialbackKey(secret: string, { receiving, originating, streamId }: KeyFor): string {
  const digest = createHash('sha256').update(secret).digest('hex');
  return createHmac('sha256', digest).update(`${receiving} ${originating} ${streamId}`).digest('hex');
}

/** Whether the key is the one that {@link dialbackKey} makes. */
export function isDialbackKey(key: string, secret: string, vouchedFor: KeyFor): boolean {
  const expected = Buffer.from(dialbackKey(secret, vouchedFor));
  const given = Buffer.from(key.trim());
  return given.length === expected.length && timingSafeEqual(given, expected);
}
