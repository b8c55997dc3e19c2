import { readFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { DOMParser, type Element as DomElement } from '@xmldom/xmldom';
import { XmlDocument, XmlLibError, XsdValidator } from 'libxml2-wasm';
import { packageRoot } from './paths.js';

/** A fixture that can't be used: each complaint names file and line. */
export class FixtureError extends Error {
  constructor(readonly complaints: readonly string[]) {
    super(complaints.join('\n'));
    this.name = 'FixtureError';
  }
}

/**
 * Loads one thing after the other and keeps what is wrong with each, so that all of it is told at once.
 * @param complaints what they are added to
 * @returns a function that gives what was loaded; undefined when it can't be used
 */
export function gathering(complaints: string[]): <T>(load: () => T) => T | undefined {
  return (load) => {
    try {
      return load();
    } catch (error) {
      if (!(error instanceof FixtureError)) throw error;
      complaints.push(...error.complaints);
      return undefined;
    }
  };
}

/** The names of the schemas under fixtures/schema, without `.xsd`. */
export type SchemaName = 'scenario' | 'states' | 'requirements' | 'known-failures';

const validators = new Map<SchemaName, XsdValidator>();

/** The path as people know it: relative to the package, or to where they stand. */
export function displayPath(file: string): string {
  const inside = relative(packageRoot(), file);
  if (!inside.startsWith('..')) return inside;
  const here = relative(process.cwd(), file);
  return here.startsWith('..') ? file : here;
}

/**
 * Reads an XML fixture and checks it against its schema.
 * @param file absolute path, or relative to the package
 * @returns the root element; xmldom nodes carry `lineNumber`
 * @throws FixtureError with a complaint for each fault found, by file and line
 */
export function readFixture(file: string, schema: SchemaName): DomElement {
  const path = isAbsolute(file) ? file : join(packageRoot(), file);
  const shown = displayPath(path);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new FixtureError([
      `${shown}: can't be read: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
  return parseFixture(text, shown, schema);
}

/** As {@link readFixture}, for text that is already there; `shown` is the name used in complaints. */
export function parseFixture(text: string, shown: string, schema: SchemaName): DomElement {
  try {
    using document = XmlDocument.fromString(text);
    validator(schema).validate(document);
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error;
    // An empty document is refused without details.
    const details = error.details.length > 0 ? error.details : [{ line: 1, message: 'holds no XML' }];
    throw new FixtureError(details.map(({ line, message }) => `${shown}:${line}: ${plain(message)}`));
  }
  const root = new DOMParser().parseFromString(text, 'application/xml').documentElement;
  if (root === null) throw new FixtureError([`${shown}:1: has no root element`]);
  return root;
}

function validator(schema: SchemaName): XsdValidator {
  let found = validators.get(schema);
  if (found === undefined) {
    using document = XmlDocument.fromString(
      readFileSync(join(packageRoot(), 'fixtures', 'schema', `${schema}.xsd`), 'utf8'),
    );
    found = XsdValidator.fromDoc(document);
    validators.set(schema, found);
  }
  return found;
}

/** libxml2 writes `{urn:...}name`; the namespace is the same throughout a file and only hides the name. */
function plain(message: string): string {
  return message.trim().replaceAll(/\{urn:xmpp-conform:[^}]*\}/g, '');
}
