/**
 * What is to be said of the peer, with the names that its options have in the command `interop`; pure.
 * @param text a sentence of an ordinary run
 */
export function inPeerOptions(text: string): string {
  return text.replace(/--(domain|ca|accounts)\b/g, '--peer-$1').replace(/--target\b/g, '--peer');
}
