type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

const KEYWORDS = new Set([
  ...[
    '$schema',
    '$id',
    '$defs',
    '$ref',
    'title',
    'description',
    'type',
    'enum',
    'const',
    'minimum',
    'maximum',
  ],
  ...['items', 'properties', 'required', 'additionalProperties'],
]);

/**
 * Validates against the part of JSON Schema 2020-12 that `result.schema.json` uses.
 * @param document the value to check
 * @param schema a schema whose references stay within it
 * @returns a sentence for each violation
 * @throws Error when the schema uses a keyword that isn't known here
 */
export function validateJson(document: unknown, schema: unknown): string[] {
  const root = asObject(schema as Json);
  return validate(document as Json, root, root, '$');
}

function validate(value: Json, schema: JsonObject, root: JsonObject, path: string): string[] {
  const found: string[] = [];
  for (const keyword of Object.keys(schema)) {
    if (!KEYWORDS.has(keyword)) throw new Error(`The schema of ${path} uses ${keyword}, which is not known.`);
  }
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.replace('#/$defs/', '');
    found.push(...validate(value, asObject(asObject(root.$defs)[name]), root, path));
  }
  if (schema.type !== undefined && !hasType(value, schema.type)) found.push(`${path} is no ${schema.type}`);
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) found.push(`${path} is not listed`);
  if (schema.const !== undefined && schema.const !== value) found.push(`${path} is not ${schema.const}`);
  if (typeof value === 'number') {
    if (typeof schema.minimum === 'number' && value < schema.minimum) found.push(`${path} is too small`);
    if (typeof schema.maximum === 'number' && value > schema.maximum) found.push(`${path} is too great`);
  }
  if (Array.isArray(value) && schema.items !== undefined) {
    const items = asObject(schema.items);
    for (const [index, item] of value.entries())
      found.push(...validate(item, items, root, `${path}[${index}]`));
  }
  if (isObject(value)) found.push(...validateMembers(value, schema, root, path));
  return found;
}

function validateMembers(value: JsonObject, schema: JsonObject, root: JsonObject, path: string): string[] {
  const found: string[] = [];
  const properties = schema.properties === undefined ? {} : asObject(schema.properties);
  for (const name of Array.isArray(schema.required) ? schema.required : []) {
    if (!Object.hasOwn(value, String(name))) found.push(`${path} lacks ${name}`);
  }
  for (const [name, member] of Object.entries(value)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
    if (property === false) found.push(`${path} must not have ${name}`);
    else if (property !== undefined)
      found.push(...validate(member, asObject(property), root, `${path}.${name}`));
  }
  return found;
}

function hasType(value: Json, type: Json): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Error('The schema is broken: an object is missing.');
  return value;
}
