import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Members, membersOf, textOf } from '#base/json/members.ts';
import type { SigningKey } from '#model/signing.ts';
import type { KeyAccess } from '../../driver.ts';
import { KeyError } from '../../error.ts';
import { answerInvalid, shown } from '../../remote/error.ts';
import { decodeBase64, publicKeyFromPem } from '../../remote/public-key.ts';
import { type ServiceRequest, serviceKey } from '../../remote/service-key.ts';
import { type VaultClient, vaultClient } from './client.ts';
import { parseVaultReference, type VaultReference } from './reference.ts';
import { readVaultSettings } from './settings.ts';

/** Names of the transit engine for what signs; its other keys encrypt. */
const SIGNING_TYPES: readonly string[] = [
  'ecdsa-p256',
  'ecdsa-p384',
  'ecdsa-p521',
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
  'ed25519',
];
const HASHES = { sha256: 'sha2-256', sha384: 'sha2-384', sha512: 'sha2-512' } as const;
const RSA_ALGORITHMS = { 'rsa-pkcs1': 'pkcs1v15', 'rsa-pss': 'pss' } as const;
/** Octets of an Ed25519 public key, and what stands before them in a SubjectPublicKeyInfo (RFC 8410 section 4). */
const ED25519_BYTES = 32;
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Opens one version of a key: the newest unless the reference names another. It stays that version, whatever is rotated
 * afterwards. Throws `KeyError`.
 */
export async function openVaultKey(text: string, access: KeyAccess): Promise<SigningKey> {
  const reference = parseVaultReference(text);
  const { environment, signal } = access;
  const settings = await readVaultSettings(environment, text);
  const client = vaultClient({ name: text, settings, environment });
  const { version, publicKey } = await readKey(client, reference, text, signal);
  const name = `hashivault://${reference.key}/versions/${version}`;
  return serviceKey({
    name,
    publicKey,
    sign: async (request) => await sign(client, { key: reference.key, version, name }, request),
  });
}

interface KeyVersion {
  readonly version: number;
  readonly publicKey: KeyObject;
}

async function readKey(
  client: VaultClient,
  reference: VaultReference,
  name: string,
  signal: AbortSignal,
): Promise<KeyVersion> {
  const data = await client.read(`keys/${reference.key}`, signal);
  const type = textOf(data, 'type') ?? '';
  if (!SIGNING_TYPES.includes(type) || data.get('derived') === true) {
    throw new KeyError('KEY_UNSUPPORTED', 'not a key that is signed with here', {
      object: name,
      expected: `a key of type ${SIGNING_TYPES.join(', ')}`,
      found:
        data.get('derived') === true ? 'one that is derived anew for each context' : shown(type, /^[a-z0-9_-]{1,24}$/),
    });
  }
  const latest = data.get('latest_version');
  const versions = membersOf(data.get('keys'));
  if (versions === null || typeof latest !== 'number' || !Number.isSafeInteger(latest) || latest < 1) {
    throw answerInvalid(name, 'versions of the key, and which is the newest', 'something else');
  }
  const version = reference.version ?? latest;
  const least = data.get('min_encryption_version');
  if (typeof least === 'number' && version < least) {
    throw new KeyError('KEY_NOT_PERMITTED', 'this version of the key signs no more', {
      object: name,
      expected: `version ${least} or later, as min_encryption_version of the key says`,
      found: `${version}`,
    });
  }
  const found = versions.get(`${version}`);
  if (found === undefined) {
    throw new KeyError('KEY_NOT_FOUND', 'the key has no such version', {
      object: name,
      expected: `a version that is kept, the newest being ${latest}`,
      found: `${version}`,
    });
  }
  return { version, publicKey: publicKeyOf(membersOf(found), type, name) };
}

function publicKeyOf(version: Members | null, type: string, name: string): KeyObject {
  const text = version === null ? null : textOf(version, 'public_key');
  if (text === null) {
    throw answerInvalid(name, 'a public key', 'none');
  }
  if (type !== 'ed25519') {
    return publicKeyFromPem(text, name);
  }
  const bytes = decodeBase64(text);
  if (bytes?.length !== ED25519_BYTES) {
    throw answerInvalid(name, `${ED25519_BYTES} octets in base64`, 'something else');
  }
  return createPublicKey({ key: Buffer.concat([ED25519_SPKI, bytes]), format: 'der', type: 'spki' });
}

interface VersionName {
  readonly key: string;
  readonly version: number;
  readonly name: string;
}

async function sign(client: VaultClient, of: VersionName, request: ServiceRequest): Promise<Uint8Array> {
  const { method, input, signal } = request;
  const what = { input: Buffer.from(input).toString('base64'), key_version: of.version };
  const hashed = { ...what, prehashed: true };
  switch (method.kind) {
    case 'ed25519':
      return signatureOf(await client.write(`sign/${of.key}`, what, signal), of);
    case 'ecdsa': {
      const body = { ...hashed, marshaling_algorithm: 'asn1' };
      return signatureOf(await client.write(`sign/${of.key}/${HASHES[method.hash]}`, body, signal), of);
    }
    case 'rsa-pkcs1':
    case 'rsa-pss': {
      const body = { ...hashed, signature_algorithm: RSA_ALGORITHMS[method.kind], salt_length: 'hash' };
      return signatureOf(await client.write(`sign/${of.key}/${HASHES[method.hash]}`, body, signal), of);
    }
  }
}

/** `vault:vN:BASE64`, of the version that was asked. */
function signatureOf(data: Members, { version, name }: VersionName): Uint8Array {
  const prefix = `vault:v${version}:`;
  const text = textOf(data, 'signature') ?? '';
  const signature = text.startsWith(prefix) ? decodeBase64(text.slice(prefix.length)) : null;
  if (signature === null) {
    throw answerInvalid(name, `a signature ${prefix}BASE64`, /^vault:v[0-9]{1,9}:/.exec(text)?.[0] ?? 'another text');
  }
  return signature;
}
