import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, UsageError } from './config.js';
import { readFixture } from './fixture.js';
import type { Fixtures } from './fixtures.js';
import { loadKnownFailures } from './known-failures.js';
import { hasReason, type KnownFailure } from './verdict/known.js';
import { type KnownGroup, recordKnownFailures } from './verdict/record-known.js';
import type { RunResult } from './verdict/result.js';
import { caseKey } from './verdict/summary.js';
import { escapeAttribute, escapeText } from './wire/element.js';

/** A file of known failures as far as it is not entries: what stands above them and is kept. */
export interface KnownFailuresFile {
  /** What stands before the root element: comments; empty when there is none. */
  readonly head: string;
  /** The server that the list is about; empty when no file was there. */
  readonly target: string;
  readonly entries: readonly KnownFailure[];
}

/**
 * Reads the file that is to be written, to keep its comment, reasons and evidence; one that is missing is empty.
 * @throws FixtureError when there is a file that can't be used
 */
export function readKnownFailuresFile(file: string): KnownFailuresFile {
  if (!existsSync(file)) return { head: '', target: '', entries: [] };
  const root = readFixture(resolve(file), 'known-failures');
  const text = readFileSync(file, 'utf8');
  const head = text.slice(0, text.lastIndexOf('<known-failures'));
  return {
    head: head.replace(/^\s*<\?xml.*?\?>/s, '').trim(),
    target: root.getAttribute('target') ?? '',
    entries: loadKnownFailures(file),
  };
}

/** The file as text: an entry a clause and difference, blocked cases first. */
export function formatKnownFailures(
  file: Pick<KnownFailuresFile, 'head' | 'target'>,
  groups: readonly KnownGroup[],
): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    ...(file.head === '' ? [] : [file.head]),
    `<known-failures xmlns="urn:xmpp-conform:known-failures:1"${attribute('target', file.target)}>`,
    ...groups.flatMap(formatGroup),
    '</known-failures>',
    '',
  ].join('\n');
}

/**
 * Prepares the file that --write-known-failures names: what is in it is read before the run, so that no run is lost
 * to a file that can't be used. A file that is not there yet begins with what --known-failures lists.
 * @returns what writes it from the result and gives what to tell of it; undefined when none is asked for
 * @throws FixtureError when there is a file that can't be used; what is returned, UsageError when it can't be written
 */
export function openRecord(
  config: Pick<Config, 'knownFailures' | 'writeKnownFailures'>,
  fixtures: Fixtures,
): ((run: RunResult) => readonly string[]) | undefined {
  const { writeKnownFailures: file, knownFailures } = config;
  if (file === undefined) return undefined;
  const before = readKnownFailuresFile(existsSync(file) ? file : (knownFailures ?? file));
  const order = fixtures.cases.map((item) => caseKey(item.scenario.id, item.name));
  return (run) => {
    if (run.cases.length === 0) return [`${file} is left as it is: no case was played`];
    const groups = recordKnownFailures(run, before.entries, order);
    const target = before.target === '' ? run.target.name : before.target;
    write(file, formatKnownFailures({ head: before.head, target }, groups));
    const open = groups.filter((group) => !hasReason(group.why)).length;
    const entries = groups.length === 1 ? '1 entry' : `${groups.length} entries`;
    return [
      `${file}: ${entries}${open > 0 ? `, ${open} without a reason: say in <why> what the server does` : ''}`,
    ];
  };
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(
      `${file} can't be written (${error instanceof Error ? error.message : String(error)}): make it writable or name another with --write-known-failures.`,
    );
  }
}

function formatGroup(group: KnownGroup): string[] {
  const name = group.kind === 'blocked' ? 'blocked' : 'failure';
  const clause = group.clause === '' ? '' : attribute('clause', group.clause);
  return [
    `  <${name}${clause}>`,
    ...group.cases.map(
      (item) => `    <case${attribute('scenario', item.scenario)}${attribute('name', item.case)}/>`,
    ),
    ...group.differences.map((text) => element('expected-difference', text)),
    element('why', group.why),
    ...(group.evidence === '' ? [] : [element('evidence', group.evidence)]),
    `  </${name}>`,
  ];
}

function element(name: string, text: string): string {
  return `    <${name}>${escapeText(text)}</${name}>`;
}

function attribute(name: string, value: string): string {
  return ` ${name}="${escapeAttribute(value).replaceAll('"', '&quot;').replaceAll('&apos;', "'")}"`;
}
