import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../paths.js';
import { type Element, element } from '../wire/element.js';
import { resultReply } from './stanza.js';

/** The namespace of questions about a server's software (XEP-0092). */
export const SOFTWARE_VERSION = 'jabber:iq:version';

/** Answers such a question: the name and the version of this package. */
export function softwareVersion(iq: Element): Element {
  const { name, version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return resultReply(
    iq,
    element('query', SOFTWARE_VERSION, {}, [
      element('name', SOFTWARE_VERSION, {}, [name]),
      element('version', SOFTWARE_VERSION, {}, [version]),
    ]),
  );
}
