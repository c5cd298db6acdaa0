import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { messageOf, quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import { SettingsError } from './error.ts';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** Where a file was named: the registries file and the key in it. */
export interface NamedFile {
  readonly path: string;
  readonly by: string;
}

/** The text of a file with one or more certificates in PEM, each of which can be read. */
export async function readCertificates(file: NamedFile): Promise<string> {
  const text = await read(file);
  certificatesOf(text, file);
  return text;
}

/** A client certificate with its key; the key is the certificate's own. No error shows any of the key. */
export async function readClientCertificate(
  certificate: NamedFile,
  key: NamedFile,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const pair = { certificate: await read(certificate), key: await read(key) };
  const [leaf] = certificatesOf(pair.certificate, certificate);
  if (leaf?.checkPrivateKey(privateKeyOf(pair.key, key)) !== true) {
    throw invalid(key, `the private key of the certificate in ${certificate.path}`, 'another key');
  }
  return pair;
}

function certificatesOf(text: string, file: NamedFile): readonly X509Certificate[] {
  const certificates: X509Certificate[] = [];
  for (let start = text.indexOf(BEGIN); start !== -1; start = text.indexOf(BEGIN, start + BEGIN.length)) {
    const end = text.indexOf(END, start);
    try {
      certificates.push(new X509Certificate(text.slice(start, end === -1 ? undefined : end + END.length)));
    } catch (error) {
      throw invalid(
        file,
        'certificates in PEM',
        `in number ${certificates.length + 1}: ${quote(messageOf(error))}`,
        error,
      );
    }
  }
  if (certificates.length === 0) {
    throw invalid(file, 'certificates in PEM', 'none');
  }
  return certificates;
}

/** OpenSSL's message stays unseen: it may hold a part of what it could not read. */
function privateKeyOf(text: string, file: NamedFile): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw invalid(file, 'a private key in PEM without a passphrase', 'something else');
  }
}

async function read(file: NamedFile): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFileBounded(file.path, LIMITS.certificateFileBytes);
  } catch (error) {
    throw invalid(file, 'a file that can be read', quote(messageOf(error)), error);
  }
  return Buffer.from(bytes).toString('latin1');
}

function invalid(file: NamedFile, expected: string, found: string, cause?: unknown): SettingsError {
  return new SettingsError('REGISTRY_CERTIFICATE_INVALID', 'cannot be used', {
    object: `${file.path} (named by ${file.by})`,
    expected,
    found,
    cause,
  });
}
