import { quote } from '#base/error.ts';
import { KeyError } from '../../error.ts';

/** A key of AWS KMS as references name it. */
export interface AwsReference {
  /** Host and port of the API; null for that of the region. */
  readonly endpoint: string | null;
  /** A key id, a key ARN, an alias name or an alias ARN, as the API takes them. */
  readonly keyId: string;
  /** That of an ARN. */
  readonly region: string | null;
}

export const SCHEME = 'awskms://';
export const FORM = 'awskms://[ENDPOINT]/KEY-ID|alias/NAME|ARN';

const REFERENCE = /^awskms:\/\/([A-Za-z0-9.:[\]-]*)\/(.+)$/;
const KEY_ID =
  /^(mrk-)?[A-Fa-f0-9]{8}-?[A-Fa-f0-9]{4}-?[A-Fa-f0-9]{4}-?[A-Fa-f0-9]{4}-?[A-Fa-f0-9]{12}$|^mrk-[a-f0-9]{32}$/;
const ALIAS = /^alias\/[A-Za-z0-9/_-]{1,250}$/;
const ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:(key\/)?(.+)$/;

/** The references of sigstore's own driver for AWS. Throws `KEY_REFERENCE_INVALID`. */
export function parseAwsReference(reference: string): AwsReference {
  const [, endpoint = '', keyId = ''] = REFERENCE.exec(reference) ?? [];
  const [, region = null, isKey, inside = keyId] = ARN.exec(keyId) ?? [];
  const isValid =
    isKey === undefined ? ALIAS.test(inside) || (region === null && KEY_ID.test(inside)) : KEY_ID.test(inside);
  const url = URL.parse(`https://${endpoint}`);
  if (!isValid || (endpoint !== '' && (url === null || url.pathname !== '/' || url.hostname === ''))) {
    throw new KeyError('KEY_REFERENCE_INVALID', 'not a key of AWS KMS', {
      object: quote(reference),
      expected: FORM,
      found: 'another form',
    });
  }
  return { endpoint: endpoint === '' ? null : endpoint, keyId, region };
}

/** Whether two names of a key that the service gave, each an id or an ARN, can be of the same one. */
export function isSameKey(a: string, b: string): boolean {
  return a === b || (idOf(a) === idOf(b) && !(ARN.test(a) && ARN.test(b)));
}

/** A key id or a key ARN: what is not moved to another key, as an alias may be. */
export function isLasting(keyId: string): boolean {
  return KEY_ID.test(idOf(keyId));
}

function idOf(keyId: string): string {
  const [, , isKey, inside] = ARN.exec(keyId) ?? [];
  return isKey === undefined || inside === undefined ? keyId : inside;
}
