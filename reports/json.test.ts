import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { toJson } from './json.js';
import { validateJson } from './json-schema.js';
import { HOSTILE_TEXTS, hostileRun } from './testing/hostile.js';
import { sampleOfEverything } from './testing/sample.js';

const schema: unknown = JSON.parse(readFileSync(new URL('./result.schema.json', import.meta.url), 'utf8'));

const MAY_BE_MISSING = new Set(['unexpected', 'software']);

/** Calls `visit` with each object in the document and a sentence on where it is. */
function eachObject(
  value: unknown,
  visit: (object: Record<string, unknown>, path: string) => void,
  path = '$',
): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) visit(value as Record<string, unknown>, path);
  for (const [key, member] of Object.entries(value)) eachObject(member, visit, `${path}.${key}`);
}

describe('toJson', () => {
  it('is described by the schema', () => {
    expect(validateJson(JSON.parse(toJson(sampleOfEverything())), schema)).to.deep.equal([]);
  });

  it('is described by the schema whatever the target sent', () => {
    for (const text of HOSTILE_TEXTS) {
      const run = hostileRun(text);
      const parsed: unknown = JSON.parse(toJson(run));
      expect(parsed).to.deep.equal(run);
      const found = validateJson(parsed, schema);
      expect(found).to.deep.equal(text === 'xmpp-conform' ? [] : ['$.tool.name is not xmpp-conform']);
    }
  });

  it('has no member that the schema leaves open, nor one that may be missing but `unexpected` and `software`', () => {
    const document: unknown = JSON.parse(toJson(sampleOfEverything()));
    eachObject(document, (object, path) => {
      if (!path.endsWith('.paths')) {
        object.surprise = 1;
        expect(validateJson(document, schema), path).to.not.deep.equal([]);
        delete object.surprise;
        for (const key of Object.keys(object).filter((name) => !MAY_BE_MISSING.has(name))) {
          const value = object[key];
          delete object[key];
          expect(validateJson(document, schema), `${path}.${key}`).to.not.deep.equal([]);
          object[key] = value;
        }
      }
    });
  });

  it('gives every part of the schema a description', () => {
    const bare: string[] = [];
    const { properties, $defs } = schema as { properties: object; $defs: object };
    for (const part of [properties, $defs]) {
      eachObject(part, (object, path) => {
        const isSchema = 'type' in object || 'enum' in object || 'const' in object;
        const isItem = path.endsWith('.items');
        if (isSchema && typeof object.type !== 'object' && !isItem && !('description' in object))
          bare.push(path);
      });
    }
    expect(bare).to.deep.equal([]);
  });
});
