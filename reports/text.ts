// Controls could steer a terminal and are not allowed in XML 1.0; format characters, line separators and lone
// surrogates hide or break what a report shows.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/**
 * Makes text from the wire safe for a terminal, for XML and for TAP: whatever can't be seen becomes `\u{HEX}`;
 * line feed and tab stay.
 */
export function printable(text: string): string {
  return text.replace(INVISIBLE, (char) =>
    char === '\n' || char === '\t' ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`,
  );
}

const MAX_LINE = 1000;

/** As {@link printable}, with all white space folded into one line, and clipped where nobody would read on. */
export function oneLine(text: string): string {
  return printable(clip(text.replace(/\s+/g, ' ').trim(), MAX_LINE));
}

/** Cuts text after `limit` UTF-16 units, never within a character, and says how much is left out. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(limit - 1));
  const kept = text.slice(0, splitsPair ? limit - 1 : limit);
  return `${kept}… (${text.length - kept.length} more characters)`;
}

/** `1 case`, `2 cases`; the plural takes an `s` unless it is given. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/**
 * Breaks text into lines of at most `width` characters, at a space or before a tag where there is one in the second
 * half of the line. Line feeds in the text end a line too.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let rest = paragraph;
    while (rest.length > width) {
      const gap = Math.max(rest.lastIndexOf(' ', width), rest.lastIndexOf('<', width));
      let at = gap > width / 2 ? gap : width;
      if (at === width && /[\uD800-\uDBFF]/.test(rest.charAt(at - 1))) at -= 1;
      lines.push(rest.slice(0, at));
      rest = rest.slice(rest.charAt(at) === ' ' ? at + 1 : at);
    }
    lines.push(rest);
  }
  return lines;
}

/** A duration for people: `840 ms`, `12.3 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
