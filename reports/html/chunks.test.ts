import { inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { Chunks } from './chunks.js';

describe('Chunks', () => {
  it('gives every text back from the place that it was told', () => {
    const chunks = new Chunks();
    const texts = ['a', '漢字 😀', 'x'.repeat(400_000), '', 'b'];
    const places = texts.map((text) => chunks.add(text));
    const packed = chunks.finish();
    expect(packed).to.have.length(2);
    for (const [at, [chunk, index]] of places.entries()) {
      const inflated = JSON.parse(inflateRawSync(Buffer.from(packed[chunk] ?? '', 'base64')).toString());
      expect(inflated[index]).to.equal(texts[at]);
    }
  });
});
