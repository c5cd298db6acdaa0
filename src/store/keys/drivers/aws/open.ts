import type { KeyObject } from 'node:crypto';
import { awsKeysOf, readAwsProfile } from '#base/cloud/aws.ts';
import { variableOf } from '#base/cloud/token.ts';
import { quote } from '#base/error.ts';
import { isLoopback } from '#base/http-connection.ts';
import { type Members, textOf } from '#base/json/members.ts';
import type { SigningKey } from '#model/signing.ts';
import type { KeyAccess } from '../../driver.ts';
import { KeyError } from '../../error.ts';
import { curveInput } from '../../remote/curve-input.ts';
import { answerInvalid, shown } from '../../remote/error.ts';
import { decodeBase64, publicKeyFromDer } from '../../remote/public-key.ts';
import { type ServiceRequest, serviceKey } from '../../remote/service-key.ts';
import { type SigningMethod, signingMethod } from '../../schemes.ts';
import { askKms, type KmsAccess } from './client.ts';
import { type AwsReference, isLasting, isSameKey, parseAwsReference } from './reference.ts';

/** How names of keys, and of what is done with them, look. */
const NAME = /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:)?((key\/)?[a-z0-9-]{36,40}|alias\/[A-Za-z0-9/_-]{1,250})$/;
const WORD = /^[A-Z0-9_]{1,40}$/;
const DIGEST_OCTETS = { sha256: 32, sha384: 48, sha512: 64 } as const;

/** A key of AWS KMS. What an alias means is asked once: the key that it means now is the one that signs. Throws `KeyError`. */
export async function openAwsKey(
  reference: string,
  access: KeyAccess,
  options: { readonly backoffMs?: readonly number[] } = {},
): Promise<SigningKey> {
  const parsed = parseAwsReference(reference);
  const kms = await kmsAccess(parsed, reference, access, options);
  const answer = await askKms(kms, 'GetPublicKey', { KeyId: parsed.keyId }, access.signal);
  const key = openedKey(answer, parsed, reference);
  return serviceKey({
    name: reference,
    publicKey: key.publicKey,
    sign: async (request) => await sign(kms, key, request),
  });
}

interface OpenedKey {
  /** As the service says it: the ARN of the key. */
  readonly keyId: string;
  readonly publicKey: KeyObject;
  readonly algorithms: readonly string[];
}

async function kmsAccess(
  { endpoint, region: ofKey }: AwsReference,
  name: string,
  { environment, clock }: KeyAccess,
  options: { readonly backoffMs?: readonly number[] },
): Promise<KmsAccess> {
  const keys = awsKeysOf(environment) ?? (await readAwsProfile(environment));
  if (keys === null) {
    throw missing(
      name,
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a credentials file with keys for AWS_PROFILE',
      'none',
    );
  }
  const region = ofKey ?? variableOf(environment, 'AWS_REGION') ?? variableOf(environment, 'AWS_DEFAULT_REGION');
  if (region === null || !/^[a-z0-9-]+$/.test(region)) {
    const found = region === null ? 'none' : quote(region);
    throw missing(name, 'a region, in the ARN of the key, AWS_REGION or AWS_DEFAULT_REGION', found);
  }
  const url = endpointOf(endpoint, region, environment);
  return { connection: { name, environment, ...options }, endpoint: url, region, keys, clock };
}

/** As the SDKs of AWS choose it. An endpoint of this machine is spoken to without TLS: that is how AWS is played there. */
function endpointOf(endpoint: string | null, region: string, environment: KeyAccess['environment']): URL {
  if (endpoint !== null) {
    const url = new URL(`https://${endpoint}/`);
    return isLoopback(url.hostname) ? new URL(`http://${endpoint}/`) : url;
  }
  for (const variable of ['AWS_ENDPOINT_URL_KMS', 'AWS_ENDPOINT_URL']) {
    const given = variableOf(environment, variable);
    const url = given === null ? null : URL.parse(given);
    if (given !== null && (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '')) {
      throw missing(variable, 'the URL of a server', 'something else');
    }
    if (url !== null) {
      return url;
    }
  }
  return new URL(`https://kms.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`);
}

function openedKey(answer: Members, { keyId: asked }: AwsReference, name: string): OpenedKey {
  const keyId = textOf(answer, 'KeyId') ?? '';
  if (!isLasting(keyId) || (isLasting(asked) && !isSameKey(asked, keyId))) {
    throw answerInvalid(name, isLasting(asked) ? `the key ${asked}` : 'the ARN of a key', shown(keyId, NAME));
  }
  const usage = textOf(answer, 'KeyUsage') ?? 'none';
  const spec = textOf(answer, 'KeySpec') ?? textOf(answer, 'CustomerMasterKeySpec') ?? 'none';
  if (usage !== 'SIGN_VERIFY' || spec === 'ECC_NIST_EDWARDS25519') {
    throw new KeyError('KEY_UNSUPPORTED', 'not a key that is signed with here', {
      object: name,
      expected: 'one to sign with (SIGN_VERIFY) by ECDSA or RSA: of what is signed only the digest is sent',
      found: `${shown(spec, WORD)} for ${shown(usage, WORD)}`,
    });
  }
  const der = decodeBase64(textOf(answer, 'PublicKey') ?? '');
  if (der === null) {
    throw answerInvalid(name, 'a PublicKey in base64', 'something else');
  }
  const given = answer.get('SigningAlgorithms');
  const algorithms: readonly unknown[] = Array.isArray(given) ? given : [];
  return {
    keyId,
    publicKey: publicKeyFromDer(der, name),
    algorithms: algorithms.filter((algorithm) => typeof algorithm === 'string'),
  };
}

async function sign(kms: KmsAccess, key: OpenedKey, { method, input, signal }: ServiceRequest): Promise<Uint8Array> {
  const { name } = kms.connection;
  const { algorithm, message } = questionOf(key.publicKey, method, input, name);
  if (!key.algorithms.includes(algorithm)) {
    throw new KeyError('KEY_SCHEME_MISMATCH', 'not a signature that this key makes', {
      object: name,
      expected: key.algorithms.map((known) => shown(known, WORD)).join(', '),
      found: algorithm,
    });
  }
  const fields = {
    KeyId: key.keyId,
    Message: Buffer.from(message).toString('base64'),
    MessageType: 'DIGEST',
    SigningAlgorithm: algorithm,
  };
  const answer = await askKms(kms, 'Sign', fields, signal);
  const keyId = textOf(answer, 'KeyId') ?? '';
  if (!isSameKey(key.keyId, keyId)) {
    throw answerInvalid(name, `a signature by ${key.keyId}`, `one by ${shown(keyId, NAME)}`);
  }
  const used = textOf(answer, 'SigningAlgorithm') ?? '';
  const signature = decodeBase64(textOf(answer, 'Signature') ?? '');
  if (used !== algorithm || signature === null) {
    throw answerInvalid(name, `a signature by ${algorithm} in base64`, signature === null ? 'none' : shown(used, WORD));
  }
  return signature;
}

/** ECDSA is with the hash of the curve alone. */
function questionOf(
  publicKey: KeyObject,
  method: SigningMethod,
  input: Uint8Array,
  name: string,
): { readonly algorithm: string; readonly message: Uint8Array } {
  switch (method.kind) {
    case 'ecdsa': {
      const ofCurve = signingMethod(publicKey, 'ecdsa', name);
      const hash = ofCurve.kind === 'ed25519' ? method.hash : ofCurve.hash;
      return { algorithm: `ECDSA_SHA_${hash.slice(3)}`, message: curveInput(input, DIGEST_OCTETS[hash]) };
    }
    case 'rsa-pkcs1':
      return { algorithm: `RSASSA_PKCS1_V1_5_SHA_${method.hash.slice(3)}`, message: input };
    case 'rsa-pss':
      return { algorithm: `RSASSA_PSS_SHA_${method.hash.slice(3)}`, message: input };
    case 'ed25519':
      throw new KeyError('KEY_SCHEME_MISMATCH', 'not a signature that this key makes', {
        object: name,
        found: 'ed25519',
      });
  }
}

function missing(object: string, expected: string, found: string): KeyError {
  return new KeyError('KEY_CREDENTIALS_MISSING', 'AWS KMS cannot be asked', { object, expected, found });
}
