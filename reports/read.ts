import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../harness/config.js';
import { packageRoot } from '../harness/paths.js';
import type { RunResult } from '../harness/verdict/result.js';
import { RESULT_FILE } from './json.js';
import { validateJson } from './json-schema.js';
import { clip, count, oneLine } from './text.js';

const MAX_FAULTS = 3;
const MAX_FAULT = 200;

/**
 * Reads a result back from the file that a run wrote.
 * @param path the file, or a directory of reports, which means its results.json
 * @throws UsageError with one sentence: the file can't be read, is no result, or one of another form
 */
export function readResult(path: string): RunResult {
  let file = path;
  let text: string;
  try {
    if (statSync(path).isDirectory()) file = join(path, RESULT_FILE);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${oneLine(file)} can't be read: ${messageOf(error)}.`);
  }
  return parseResult(text, file);
}

/**
 * Makes sure that a text is a result in the form that this version writes; `result.schema.json` decides.
 * @param file where the text comes from, for the message
 * @throws UsageError with one sentence: what is wrong and what to do
 */
export function parseResult(text: string, file: string): RunResult {
  const name = oneLine(file);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${name} is no complete JSON (${clip(oneLine(messageOf(error)), MAX_FAULT)}): give the results.json of a run.`,
    );
  }
  const version = versionOf(document);
  if (version === undefined)
    throw new UsageError(`${name} is no result of xmpp-conform: give the results.json of a run.`);
  const faults = validateJson(document, resultSchema());
  if (faults.length > 0) {
    const told = faults.slice(0, MAX_FAULTS).map((fault) => clip(oneLine(fault), MAX_FAULT));
    const more =
      faults.length > told.length ? `; and ${count(faults.length - told.length, 'more fault')}` : '';
    throw new UsageError(
      `${name}, written by xmpp-conform ${clip(oneLine(version), MAX_FAULT)}, does not have the form that this version reads (${told.join('; ')}${more}): judge the server again with this version.`,
    );
  }
  return document as RunResult;
}

/** The version of the tool that a document says it comes from; undefined where it comes from another one. */
function versionOf(document: unknown): string | undefined {
  const { tool } = (document ?? {}) as { readonly tool?: unknown };
  const { name, version } = (tool ?? {}) as { readonly name?: unknown; readonly version?: unknown };
  return name === 'xmpp-conform' && typeof version === 'string' ? version : undefined;
}

let schema: unknown;

function resultSchema(): unknown {
  schema ??= JSON.parse(readFileSync(join(packageRoot(), 'reports', 'result.schema.json'), 'utf8'));
  return schema;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
