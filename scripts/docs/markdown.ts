/** What a generated page says of itself, at its top. */
export const GENERATED = '<!-- Written by `npm run docs`; changes belong to where it takes them from. -->';

/** Text in running Markdown: what would be read as markup stands for itself, white space is one space. */
export function prose(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|]/g, (character) => `\\${character}`);
}

/** Text as code within a line, also within a table. */
export function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

/** A table; no table where there are no rows. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)];
}

/** A page of these lines, never two of them empty in a row. */
export function page(lines: readonly string[]): string {
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
