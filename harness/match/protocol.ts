import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ErrorDetail,
  XmlBufferInputProvider,
  XmlDocument,
  XmlParseError,
  XmlValidateError,
  XmlXPath,
  XsdValidator,
  xmlRegisterInputProvider,
} from 'libxml2-wasm';
import { packageRoot } from '../paths.js';
import { NS } from '../wire/element.js';
import { comparableNamespace } from './content-namespace.js';
import { readStartTag, type StartTag } from './start-tag.js';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const FOLDER = 'fixtures/schema/protocol';

/** The named types of jabber-client.xsd that say what a stanza must contain, by kind and by its 'type'. */
const TYPE_OF_STANZA: Readonly<
  Record<string, { readonly types: Readonly<Record<string, string>>; readonly other?: string }>
> = {
  message: { types: { error: 'message-error' }, other: 'message-other' },
  presence: { types: { error: 'presence-error' }, other: 'presence-other' },
  iq: { types: { get: 'iq-request', set: 'iq-request', result: 'iq-result', error: 'iq-error' } },
};

const HUMAN_TEXT = /<(?:[^\s/<>:]+:)?(?:body|subject|status)[\s/>]/g;

/** The second child of a kind that names no language: RFC 3921 2.1.2.1, 2.1.2.2 and 2.2.2.2. */
const WITHOUT_LANGUAGE = ['body', 'subject', 'status']
  .map((name) => `/*/c:${name}[not(@xml:lang)][2]`)
  .join(' | ');

/** libxml2's xmlErrorLevel: a namespace name that is no absolute URI, for one, is only warned of. */
const WARNING = 1;

let registered = false;

/** libxml2 keeps one process-wide table of input providers, of limited size: ours takes one, once. */
function registerSchemas(): void {
  if (registered) return;
  const folder = join(packageRoot(), FOLDER);
  const files = readdirSync(folder).filter((file) => file.endsWith('.xsd'));
  xmlRegisterInputProvider(
    new XmlBufferInputProvider(
      Object.fromEntries(files.map((file) => [`${FOLDER}/${file}`, readFileSync(join(folder, file))])),
    ),
  );
  registered = true;
}

/**
 * The schemas of the protocol (fixtures/schema/protocol), compiled. Dispose it to free the memory of the WebAssembly
 * module.
 */
export class ProtocolSchemas implements Disposable {
  readonly #validator: XsdValidator;
  readonly #withoutLanguage = XmlXPath.compile(WITHOUT_LANGUAGE, { c: NS.client });

  private constructor(validator: XsdValidator) {
    this.#validator = validator;
  }

  /**
   * Reads and compiles the schemas.
   * @throws XmlLibError when they are missing or wrong, which is a fault of the installation
   */
  static compile(): ProtocolSchemas {
    registerSchemas();
    const url = `${FOLDER}/jabber-client.xsd`;
    using schema = XmlDocument.fromBuffer(readFileSync(join(packageRoot(), url)), { url });
    return new ProtocolSchemas(XsdValidator.fromDoc(schema));
  }

  /**
   * What is wrong with a stanza, a sentence each; nothing for an element that is no stanza (stream features and errors,
   * SASL, the handshake of a component, extensions of the stream).
   * @param xml one first-level child of a stream, as received
   * @param contentNamespace the default namespace that the stream header declares
   * @param prefixes the other namespaces that it declares, by prefix
   */
  violations(
    xml: string,
    contentNamespace: string,
    prefixes: Readonly<Record<string, string>> = { stream: NS.streams },
  ): string[] {
    const tag = readStartTag(xml);
    if (tag === undefined) return ['The text does not begin with a start tag.'];
    const own = tag.attributes.get(tag.prefix === '' ? 'xmlns' : `xmlns:${tag.prefix}`);
    const ns = own ?? (tag.prefix === '' ? contentNamespace : prefixes[tag.prefix]);
    if (ns === undefined || comparableNamespace(ns) !== NS.client) return [];
    // XEP-0114 section 3 puts its handshake into the namespace of its stanzas.
    if (ns === NS.component && tag.name === 'handshake') return [];
    const type = schemaType(tag);
    try {
      using document = XmlDocument.fromString(standalone(xml, tag, own, type, prefixes));
      return this.#judge(document, xml, type);
    } catch (error) {
      if (!(error instanceof XmlParseError)) throw error;
      const faults = error.details.filter((detail) => detail.level > WARNING);
      return (faults.length > 0 ? faults : [error]).map(
        (fault) => `Not well-formed: ${fault.message.trim()}`,
      );
    }
  }

  #judge(document: XmlDocument, xml: string, type: string | undefined): string[] {
    const found: string[] = [];
    try {
      this.#validator.validate(document);
    } catch (error) {
      if (!(error instanceof XmlValidateError)) throw error;
      found.push(...error.details.filter((detail) => !isEcho(detail)).map((detail) => explain(detail, type)));
    }
    // Most stanzas hold one text at most, and are spared the XPath.
    if ((xml.match(HUMAN_TEXT)?.length ?? 0) > 1) {
      for (const node of document.find(this.#withoutLanguage)) {
        const name = 'name' in node ? String(node.name) : '';
        found.push(`Element '${name}': breaks the rule "one ${name} for a language": several name none.`);
      }
    }
    return found;
  }

  /** Frees the compiled schemas. */
  [Symbol.dispose](): void {
    this.#withoutLanguage.dispose();
    this.#validator.dispose();
  }
}

function schemaType(tag: StartTag): string | undefined {
  const kind = TYPE_OF_STANZA[tag.prefix === '' ? tag.name : tag.name.slice(tag.prefix.length + 1)];
  if (kind === undefined) return undefined;
  return kind.types[tag.attributes.get('type') ?? ''] ?? kind.other;
}

/**
 * The stanza as a document of its own: what the stream header declared is declared on the stanza, its content namespace is
 * jabber:client, and the schema's type for it is named. Spliced into
 * the text as received, so that nothing of what is judged was written by us.
 */
function standalone(
  xml: string,
  tag: StartTag,
  own: string | undefined,
  type: string | undefined,
  prefixes: Readonly<Record<string, string>>,
): string {
  let declarations = '';
  let attributes = xml.slice(tag.afterName, tag.end);
  const declaration = tag.prefix === '' ? 'xmlns' : `xmlns:${tag.prefix}`;
  if (own === undefined) declarations += ` ${declaration}='${NS.client}'`;
  else if (own !== NS.client) {
    attributes = attributes.replace(new RegExp(`(\\s${declaration}\\s*=\\s*['"])${own}`), `$1${NS.client}`);
  }
  if (type !== undefined && !attributes.includes(XSI)) {
    const qualified = tag.prefix === '' ? type : `${tag.prefix}:${type}`;
    declarations += ` xmlns:xsi='${XSI}' xsi:type='${qualified}'`;
  }
  for (const [prefix, ns] of Object.entries(prefixes)) {
    if (prefix === tag.prefix || tag.attributes.has(`xmlns:${prefix}`) || !xml.includes(`${prefix}:`))
      continue;
    declarations += ` xmlns:${prefix}='${ns}'`;
  }
  return `${xml.slice(0, tag.afterName)}${declarations}${attributes}${xml.slice(tag.end)}`;
}

/** libxml2 says a second time, as a warning, that a value which an identity constraint looks at is invalid. */
function isEcho(detail: ErrorDetail): boolean {
  return detail.message.includes('Warning: No precomputed value');
}

function explain(detail: ErrorDetail, type: string | undefined): string {
  const message = detail.message
    .trim()
    .replaceAll('##other{jabber:client}*', 'any element of another namespace')
    .replaceAll(/\{[^}\s']*\}/g, '');
  // Once some child was read, libxml2 leaves the error element out of the list of what it expects.
  const incomplete = /^Element '(message|presence|iq)': Missing child element/.exec(message);
  if (incomplete !== null && type?.endsWith('-error')) {
    return `Element '${incomplete[1]}': the child element 'error' is missing.`;
  }
  // The name of the constraint says it in words, where libxml2 quotes the constraint's XPath.
  const rule = /^(Element '[^']*'): .*identity-constraint '([^']*)'/s.exec(message);
  return rule === null ? message : `${rule[1]}: breaks the rule "${(rule[2] ?? '').replaceAll('-', ' ')}".`;
}
