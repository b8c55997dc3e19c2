import { deflateRawSync } from 'node:zlib';

/** UTF-16 units of text in a chunk: enough to compress well, little enough to inflate in a blink. */
const CHUNK = 300_000;

/** Where a text is: the number of its chunk and its place within. */
export type Place = readonly [chunk: number, index: number];

/**
 * Packs texts into chunks of base64, each a compressed (raw DEFLATE) JSON array of strings, which a browser inflates
 * when one of them is wanted.
 */
export class Chunks {
  readonly #packed: string[] = [];
  #open: string[] = [];
  #size = 0;

  /** Takes a text; near ones go into the same chunk. */
  add(text: string): Place {
    this.#open.push(text);
    this.#size += text.length;
    const place: Place = [this.#packed.length, this.#open.length - 1];
    if (this.#size >= CHUNK) this.#close();
    return place;
  }

  /** All chunks; nothing can be added afterwards. */
  finish(): readonly string[] {
    if (this.#open.length > 0) this.#close();
    return this.#packed;
  }

  #close(): void {
    this.#packed.push(deflateRawSync(JSON.stringify(this.#open)).toString('base64'));
    this.#open = [];
    this.#size = 0;
  }
}
