import pc from 'picocolors';

type Colors = ReturnType<typeof pc.createColors>;

/** How text for people is laid out. */
export interface Style {
  readonly colors: Colors;
  /** Characters in a line. */
  readonly columns: number;
}

/** A style with colours on or off, for lines of that many characters. */
export function createStyle(color: boolean, columns = 100): Style {
  return { colors: pc.createColors(color), columns };
}

/** No colours, 100 columns: for text inside other reports. */
export const PLAIN: Style = createStyle(false);

/**
 * Whether a stream should get colours: it is a terminal that isn't `dumb`, and NO_COLOR is unset or empty
 * (https://no-color.org).
 */
export function wantsColor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}
