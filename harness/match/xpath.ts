import * as xpath from 'xpath';
import { type Element, NS } from '../wire/element.js';
import { toDocument } from './dom.js';

/** What the xpath package offers beyond its type declarations. */
interface XPathPackage {
  parse(expression: string): {
    evaluateBoolean(options: {
      readonly node: object;
      readonly namespaces: Readonly<Record<string, string>>;
      readonly variables: Readonly<Record<string, string>>;
    }): boolean;
  };
  readonly XPathParser: new () => { parse(expression: string): object };
  readonly Step: { readonly ATTRIBUTE: number };
}

const engine = ('default' in xpath ? xpath.default : xpath) as unknown as XPathPackage;

/** The prefixes that an XPath assertion may use. */
const XPATH_NAMESPACES: Readonly<Record<string, string>> = {
  c: NS.client,
  r: NS.roster,
  e: NS.stanzaErrors,
  p: NS.privacy,
  b: 'urn:xmpp:blocking',
  be: 'urn:xmpp:blocking:errors',
  d: 'urn:xmpp:delay',
  bind: NS.bind,
  session: NS.session,
  stream: NS.streams,
  streamerr: NS.streamErrors,
  sasl: NS.sasl,
  xml: NS.xml,
};

/** XPath 1.0, section 4. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  `last position count id local-name namespace-uri name string concat starts-with contains substring-before
   substring-after substring string-length normalize-space translate boolean not true false lang number sum floor
   ceiling round`.split(/\s+/),
);

const parsed = new Map<string, ReturnType<XPathPackage['parse']>>();

/**
 * Evaluates an XPath 1.0 expression to its boolean (XPath 1.0, section 4.3): nodes were found, the string is not empty, the number
 * is not zero.
 * @param expression with the prefixes of {@link XPATH_NAMESPACES}; `c` is the content namespace of every kind of stream
 * @param stanza the context node
 * @param variables values of `$name`, by name
 * @throws Error when the expression is not valid or uses a variable without a value
 */
export function evaluateXPath(
  expression: string,
  stanza: Element,
  variables: Readonly<Record<string, string>> = {},
): boolean {
  try {
    let compiled = parsed.get(expression);
    if (compiled === undefined) {
      compiled = engine.parse(expression);
      parsed.set(expression, compiled);
    }
    const node = toDocument(stanza).documentElement;
    if (node === null) return false;
    return compiled.evaluateBoolean({ node, namespaces: XPATH_NAMESPACES, variables });
  } catch (error) {
    throw new Error(`XPath "${expression}" can't be evaluated: ${reason(error)}.`, { cause: error });
  }
}

/**
 * Checks an expression without a stanza: its syntax, that its prefixes and functions exist, and that elements carry a prefix
 * (without one, XPath 1.0 looks in no namespace, where no stanza is). Variables are not known here.
 * @returns what is wrong, as a sentence; undefined when nothing is
 */
export function checkXPath(expression: string): string | undefined {
  let tree: object;
  try {
    tree = new engine.XPathParser().parse(expression);
  } catch (error) {
    return `XPath "${expression}" is not valid: ${reason(error)}.`;
  }
  const fault = faultIn(tree);
  return fault === undefined ? undefined : `XPath "${expression}" ${fault}.`;
}

function faultIn(node: object): string | undefined {
  return (
    functionFault(node) ??
    nameTestFault(node) ??
    Object.values(node)
      .filter((part): part is object => typeof part === 'object' && part !== null)
      .map(faultIn)
      .find((fault) => fault !== undefined)
  );
}

function functionFault(node: object): string | undefined {
  if (!('functionName' in node) || FUNCTIONS.has(String(node.functionName))) return undefined;
  return `calls ${node.functionName}(), which XPath 1.0 does not have`;
}

function nameTestFault(node: object): string | undefined {
  if (!('axis' in node && 'nodeTest' in node)) return undefined;
  const test = node.nodeTest;
  if (typeof test !== 'object' || test === null || !('prefix' in test)) return undefined;
  const prefix = test.prefix;
  if (typeof prefix === 'string' && prefix !== '') {
    if (prefix in XPATH_NAMESPACES) return undefined;
    return `uses the prefix ${prefix}, which stands for no namespace: use ${Object.keys(XPATH_NAMESPACES).join(', ')}`;
  }
  if (node.axis === engine.Step.ATTRIBUTE || !('localName' in test)) return undefined;
  return `names the element ${test.localName} without a prefix: write c:${test.localName} for the content namespace`;
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
