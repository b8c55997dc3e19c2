import { printable } from '../text.js';

/** Markup that is safe to stand in the page: made by {@link html} alone, so that no text gets in unescaped. */
export class Markup {
  /** @param source trusted markup */
  constructor(readonly source: string) {}
}

/** What may stand in a template: text is escaped, markup is not, lists are joined, `undefined` is nothing. */
export type Content = string | number | Markup | undefined | readonly Content[];

/** A template of HTML; every text within is escaped, for elements and quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let source = strings[0] ?? '';
  for (const [index, value] of values.entries()) source += render(value) + (strings[index + 1] ?? '');
  return new Markup(source);
}

function render(value: Content): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.source;
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return value.map(render).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  // Nearly all text is plain; the class of what can't be seen is slow to test.
  const visible = /^[\n\t -~]*$/.test(text) ? text : printable(text);
  return visible.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** A JSON value for the inside of a script element, where no `<` may stand. */
export function jsonForScript(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
