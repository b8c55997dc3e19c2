import { parseArgs } from 'node:util';

/**
 * Runs a script that takes one option, `--NAME VALUE`, or none: wrong usage and what fails are told in a sentence, with exit
 * status 2; else the status is what the work gives, 0 where it gives none.
 */
export async function withOneOption(
  name: string,
  usage: string,
  work: (value: string | undefined) => Promise<number | undefined>,
): Promise<void> {
  const given = optionGiven(name);
  if (given === undefined) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  try {
    process.exitCode = (await work(given.value)) ?? 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}

/** Undefined: something else was given. */
function optionGiven(name: string): { readonly value: string | undefined } | undefined {
  try {
    const { values } = parseArgs({ options: { [name]: { type: 'string' } } });
    const value = values[name];
    return { value: typeof value === 'string' ? value : undefined };
  } catch {
    return undefined;
  }
}
