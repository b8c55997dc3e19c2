import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A self-signed certificate and its key, as PEM and as files. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Makes a certificate that is its own authority, with the openssl program.
 * @param days of validity from now; negative for one that has expired
 */
export function makeCertificate(folder: string, domain: string, days = 2): TestCertificate {
  const keyFile = join(folder, `${domain}-${days}.key`);
  const certFile = join(folder, `${domain}-${days}.crt`);
  const request = join(folder, `${domain}-${days}.csr`);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  const name = ['-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:${domain}`];
  openssl('req', ...key, ...name, '-out', request);
  // `x509 -req` is the one that takes a negative number of days.
  const validity = ['-days', String(days), '-copy_extensions', 'copy'];
  openssl('x509', '-req', '-in', request, '-signkey', keyFile, ...validity, '-out', certFile);
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile, keyFile };
}
