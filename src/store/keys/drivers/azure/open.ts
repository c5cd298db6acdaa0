import type { KeyObject } from 'node:crypto';
import { type Members, membersOf, textOf } from '#base/json/members.ts';
import type { SigningKey } from '#model/signing.ts';
import type { KeyAccess } from '../../driver.ts';
import { derFromRaw } from '../../ecdsa-signature.ts';
import { KeyError } from '../../error.ts';
import { curveInput } from '../../remote/curve-input.ts';
import { answerInvalid, shown } from '../../remote/error.ts';
import { type ServiceRequest, serviceKey } from '../../remote/service-key.ts';
import type { SigningMethod } from '../../schemes.ts';
import { type AzureVault, askVault } from './client.ts';
import { decodeBase64Url, publicKeyFromJwk, unsupported } from './public-key.ts';
import { type AzureReference, parseAzureReference, SCHEME } from './reference.ts';
import { bearerOf } from './token.ts';

/** By the curve of a key: what it is asked for, octets of the digest that this takes, and of each number of a signature. */
const ECDSA: ReadonlyMap<
  string | undefined,
  { readonly alg: string; readonly digest: number; readonly number: number }
> = new Map([
  ['prime256v1', { alg: 'ES256', digest: 32, number: 32 }],
  ['secp384r1', { alg: 'ES384', digest: 48, number: 48 }],
  ['secp521r1', { alg: 'ES512', digest: 64, number: 66 }],
]);

/** A key of Azure Key Vault; the version that is the newest now is the one that signs from now on. Throws `KeyError`, `CloudError`. */
export async function openAzureKey(
  reference: string,
  access: KeyAccess,
  options: { readonly backoffMs?: readonly number[] } = {},
): Promise<SigningKey> {
  const parsed = parseAzureReference(reference);
  const connection = { name: reference, environment: access.environment, ...options };
  const vault = { connection, vault: parsed.vault, token: bearerOf(parsed, connection, access) };
  const path = `/keys/${parsed.key}${parsed.version === null ? '' : `/${parsed.version}`}`;
  const answer = await askVault(vault, { path }, access.signal);
  const jwk = membersOf(answer.get('key')) ?? new Map<string, unknown>();
  const version = versionIn(jwk, parsed, reference);
  const name = `${SCHEME}${new URL(parsed.vault).host}/${parsed.key}/${version}`;
  assertUsable(answer, jwk, name);
  const opened = { ...parsed, version, name, publicKey: publicKeyFromJwk(jwk, name) };
  return serviceKey({ ...opened, sign: async (request) => await sign(vault, opened, request) });
}

interface OpenedKey extends AzureReference {
  readonly version: string;
  readonly name: string;
  readonly publicKey: KeyObject;
}

/** Of the key that an answer is about (`kid`: `https://VAULT/keys/KEY/VERSION`), which must be the one that was asked for. */
function versionIn(members: Members, { vault, key, version: asked }: AzureReference, name: string): string {
  const kid = textOf(members, 'kid') ?? '';
  const url = URL.parse(kid);
  const [, keys = '', given = '', version = '', ...rest] = (url?.pathname ?? '').split('/');
  const isAsked =
    url?.origin === vault &&
    keys === 'keys' &&
    given.toLowerCase() === key.toLowerCase() &&
    /^[A-Za-z0-9]{1,64}$/.test(version) &&
    (asked === null || asked === version) &&
    rest.length === 0;
  if (!isAsked) {
    throw answerInvalid(
      name,
      `an answer about ${vault}/keys/${key}/${asked ?? 'VERSION'}`,
      shown(kid, /^https?:\/\/[a-z0-9.:-]{1,100}\/keys\/[A-Za-z0-9-]{1,127}\/[A-Za-z0-9]{1,64}$/),
    );
  }
  return version;
}

function assertUsable(answer: Members, jwk: Members, name: string): void {
  const operations = jwk.get('key_ops');
  if (!Array.isArray(operations) || !operations.includes('sign')) {
    throw unsupported(name, 'a key that is not one to sign with (key_ops)');
  }
  if (membersOf(answer.get('attributes'))?.get('enabled') !== true) {
    throw new KeyError('KEY_NOT_PERMITTED', 'the key does not sign', {
      object: name,
      expected: 'a version that is enabled',
      found: 'one that is not',
    });
  }
}

async function sign(vault: AzureVault, key: OpenedKey, { method, input, signal }: ServiceRequest): Promise<Uint8Array> {
  const { alg, digest, octets } = questionOf(key, method, input);
  const path = `/keys/${key.key}/${key.version}/sign`;
  const body = { alg, value: Buffer.from(digest).toString('base64url') };
  const answer = await askVault(vault, { path, body }, signal);
  versionIn(answer, key, key.name);
  const signature = decodeBase64Url(textOf(answer, 'value') ?? '');
  if (signature === null) {
    throw answerInvalid(key.name, 'a signature in base64url', 'none');
  }
  return octets === null ? signature : derFromRaw(signature, octets, key.name);
}

interface Question {
  /** RFC 7518 section 3.1. */
  readonly alg: string;
  readonly digest: Uint8Array;
  /** Of each number of the signature; null for one of RSA. */
  readonly octets: number | null;
}

/** ECDSA is with the hash of the curve alone. */
function questionOf({ publicKey, name }: OpenedKey, method: SigningMethod, input: Uint8Array): Question {
  const ecdsa = ECDSA.get(publicKey.asymmetricKeyDetails?.namedCurve);
  switch (method.kind) {
    case 'ecdsa':
      if (ecdsa !== undefined) {
        return { alg: ecdsa.alg, digest: curveInput(input, ecdsa.digest), octets: ecdsa.number };
      }
      break;
    case 'rsa-pkcs1':
      return { alg: `RS${method.hash.slice(3)}`, digest: input, octets: null };
    case 'rsa-pss':
      return { alg: `PS${method.hash.slice(3)}`, digest: input, octets: null };
    case 'ed25519':
  }
  throw new KeyError('KEY_SCHEME_MISMATCH', 'not a signature that this key makes', {
    object: name,
    found: method.kind,
  });
}
