import { variableOf } from '#base/cloud/token.ts';
import { crc32c } from '#base/crc32c.ts';
import { type Members, membersOf, textOf } from '#base/json/members.ts';
import type { SigningKey } from '#model/signing.ts';
import type { KeyAccess } from '../../driver.ts';
import { KeyError } from '../../error.ts';
import { answerInvalid, shown } from '../../remote/error.ts';
import { decodeBase64, publicKeyFromPem } from '../../remote/public-key.ts';
import { type ServiceRequest, serviceKey } from '../../remote/service-key.ts';
import { digestFor, type GoogleAlgorithm, googleAlgorithm } from './algorithm.ts';
import { askGoogle, type GoogleKms } from './client.ts';
import { type GoogleReference, parseGoogleReference } from './reference.ts';
import { bearerOf } from './token.ts';

const ORIGIN = 'https://cloudkms.googleapis.com';
/** The variable by which Google's own tools are sent elsewhere. */
const OVERRIDE = 'CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS';
const MAX_PAGES = 16;

/** A key of Google Cloud KMS, and of its versions the one that signs from now on. Throws `KeyError`, `CloudError`. */
export async function openGoogleKey(
  reference: string,
  access: KeyAccess,
  options: { readonly backoffMs?: readonly number[] } = {},
): Promise<SigningKey> {
  const parsed = parseGoogleReference(reference);
  const connection = { name: reference, environment: access.environment, ...options };
  const kms = { connection, origin: originOf(access), token: bearerOf(connection, access) };
  const version = await versionOf(parsed, kms, access.signal);
  const name = `gcpkms://${version}`;
  const answer = await askGoogle(kms, { path: `${version}/publicKey` }, access.signal);
  assertAbout(answer, version, name);
  const pem = textOf(answer, 'pem') ?? '';
  assertChecksum(answer, 'pemCrc32c', Buffer.from(pem), name);
  const publicKey = publicKeyFromPem(pem, name);
  const algorithm = googleAlgorithm(textOf(answer, 'algorithm') ?? 'none', publicKey, name);
  return serviceKey({
    name,
    publicKey,
    sign: async (request) => await sign(kms, { version, algorithm, name }, request),
  });
}

function originOf({ environment }: KeyAccess): string {
  const given = variableOf(environment, OVERRIDE);
  const url = URL.parse(given ?? ORIGIN);
  if (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new KeyError('KEY_CREDENTIALS_MISSING', 'Google Cloud KMS cannot be asked', {
      object: OVERRIDE,
      expected: 'the URL of a server',
      found: 'something else',
    });
  }
  return url.href.slice(0, -1);
}

/** The resource name of a version: the one that is asked for, or the newest that is enabled. */
async function versionOf({ key, version }: GoogleReference, kms: GoogleKms, signal: AbortSignal): Promise<string> {
  if (version !== null) {
    return `${key}/cryptoKeyVersions/${version}`;
  }
  let newest = 0;
  let page = '';
  for (let pages = 0; pages === 0 || page !== ''; pages += 1) {
    if (pages === MAX_PAGES) {
      throw answerInvalid(kms.connection.name, `at most ${MAX_PAGES} pages of versions`, 'more');
    }
    const query = new URLSearchParams({ filter: 'state=ENABLED', pageSize: '1000', ...(page && { pageToken: page }) });
    const answer = await askGoogle(kms, { path: `${key}/cryptoKeyVersions?${query.toString()}` }, signal);
    newest = Math.max(newest, ...enabledIn(answer, key));
    page = textOf(answer, 'nextPageToken') ?? '';
  }
  if (newest === 0) {
    throw new KeyError('KEY_NOT_FOUND', 'the key has no version to sign with', {
      object: kms.connection.name,
      expected: 'a version that is enabled',
      found: 'none',
    });
  }
  return `${key}/cryptoKeyVersions/${newest}`;
}

/** Their numbers: names in a list are in the order of texts, where 10 is before 9. */
function enabledIn(answer: Members, key: string): readonly number[] {
  const versions = answer.get('cryptoKeyVersions') ?? [];
  return (Array.isArray(versions) ? (versions as readonly unknown[]) : []).flatMap((entry) => {
    const members = membersOf(entry) ?? new Map<string, unknown>();
    const [before, number = ''] = (textOf(members, 'name') ?? '').split('/cryptoKeyVersions/');
    const isOne = before === key && /^[1-9][0-9]{0,9}$/.test(number) && members.get('state') === 'ENABLED';
    return isOne ? [Number(number)] : [];
  });
}

async function sign(
  kms: GoogleKms,
  key: { readonly version: string; readonly algorithm: GoogleAlgorithm; readonly name: string },
  { method, input, signal }: ServiceRequest,
): Promise<Uint8Array> {
  const { version, algorithm, name } = key;
  const digest = digestFor(algorithm, method, input, name);
  const body = {
    digest: { [algorithm.hash]: Buffer.from(digest).toString('base64') },
    digestCrc32c: `${crc32c(digest)}`,
  };
  const answer = await askGoogle(kms, { path: `${version}:asymmetricSign`, body }, signal);
  assertAbout(answer, version, name);
  if (answer.get('verifiedDigestCrc32c') !== true) {
    throw answerInvalid(name, 'a digest that arrived as it was sent (verifiedDigestCrc32c)', 'none');
  }
  const signature = decodeBase64(textOf(answer, 'signature') ?? '');
  if (signature === null) {
    throw answerInvalid(name, 'a signature in base64', 'none');
  }
  assertChecksum(answer, 'signatureCrc32c', signature, name);
  return signature;
}

function assertAbout(answer: Members, version: string, name: string): void {
  const about = textOf(answer, 'name') ?? '';
  if (about !== version) {
    throw answerInvalid(name, `an answer about ${version}`, shown(about, /^projects\/[A-Za-z0-9/_.:-]{1,400}$/));
  }
}

/** An int64 in JSON is a text. */
function assertChecksum(answer: Members, member: string, bytes: Uint8Array, name: string): void {
  if (answer.get(member) !== `${crc32c(bytes)}`) {
    throw answerInvalid(name, `the ${member} of what was sent`, 'another, or none');
  }
}
