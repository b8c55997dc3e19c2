/** `RFC 6121` for `rfc6121`, `XEP-0191` for `xep0191`. */
export function documentName(short: string): string {
  return short.replace(/^rfc(?=\d+$)/, 'RFC ').replace(/^xep(?=\d+$)/, 'XEP-');
}
