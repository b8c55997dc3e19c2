/** What a server can be called after. */
export interface NameSource {
  /** What the software calls itself; may be empty. */
  readonly software: string;
  /** The name of its file or directory. */
  readonly file: string;
}

/**
 * Names for servers side by side: those given, else the software of each, else their files; numbered where that leaves
 * two with the same.
 */
export function nameServers(sources: readonly NameSource[], given: readonly string[]): string[] {
  const software = sources.map((source) => source.software);
  const isTelling = !software.includes('') && new Set(software).size === software.length;
  const names = given.length > 0 ? given : isTelling ? software : sources.map(({ file }) => file);
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name} (${earlier + 1})`;
  });
}
