import { isHeaderToken } from '#base/cloud/token.ts';
import { quote } from '#base/error.ts';
import { type Members, membersOf, parseSecretObject, textOf } from '#base/json/members.ts';
import type { Credential } from '../credential.ts';
import { AuthError } from '../error.ts';
import { normaliseKey } from './keys.ts';

/** A `config.json` of Docker or an `auth.json` of podman, keys as in `normaliseKey`. Entries are read when asked for. */
export interface CredentialFile {
  /** What is written for a key; null when that is nothing. Throws `CREDENTIALS_FILE_INVALID`. */
  credential(key: string): Credential | null;
  /** The suffix of the helper program that keeps the credentials of a key; empty when the file itself does. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The helper for all registries that have none of their own; empty for none. */
  readonly store: string;
}

export function parseCredentialFile(bytes: Uint8Array, path: string): CredentialFile {
  const members = parseSecretObject(bytes, path, (found) => invalid(path, 'a JSON object', found));
  const auths = byKey(objectIn(members, 'auths', path));
  const helpers = new Map<string, string>();
  for (const [key, value] of byKey(objectIn(members, 'credHelpers', path))) {
    helpers.set(key, textIn(value, `${path}, credHelpers, ${quote(key)}`));
  }
  return {
    credential: (key) => credentialOf(auths.get(key), `${path}, auths, ${quote(key)}`),
    helpers,
    store: textIn(members.get('credsStore'), `${path}, credsStore`),
  };
}

/** Of two spellings of one key the shortest counts, which is the name itself. */
function byKey(members: Members): ReadonlyMap<string, unknown> {
  const entries = [...members].toSorted(([a], [b]) => b.length - a.length);
  return new Map(entries.map(([key, value]) => [normaliseKey(key), value]));
}

function credentialOf(entry: unknown, object: string): Credential | null {
  if (entry === undefined || entry === null) {
    return null;
  }
  const members = membersOf(entry);
  if (members === null) {
    throw invalid(object, 'a JSON object', 'another value');
  }
  const [identity, bearer] = [textOf(members, 'identitytoken'), textOf(members, 'registrytoken')];
  if (identity !== null) {
    return { kind: 'identity', token: identity };
  }
  if (bearer !== null) {
    if (!isHeaderToken(bearer)) {
      throw invalid(`${object}, registrytoken`, 'letters, digits and signs', 'something else');
    }
    return { kind: 'bearer', token: bearer };
  }
  const auth = textOf(members, 'auth');
  if (auth !== null) {
    return decodeAuth(auth, object);
  }
  const [username, password] = [textOf(members, 'username'), textOf(members, 'password')];
  return username === null || password === null ? null : { kind: 'password', username, password };
}

/** `auth` is base64 of `user:password`. */
function decodeAuth(auth: string, object: string): Credential {
  const text = /^[A-Za-z0-9+/]+=*$/.test(auth) ? Buffer.from(auth, 'base64').toString('utf8') : '';
  const colon = text.indexOf(':');
  if (colon === -1) {
    throw invalid(`${object}, auth`, 'base64 of a user name, a colon and a password', 'something else');
  }
  // Old versions of Docker filled the password up with NUL.
  return { kind: 'password', username: text.slice(0, colon), password: withoutNul(text.slice(colon + 1)) };
}

function withoutNul(text: string): string {
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

function objectIn(members: Members, name: string, path: string): Members {
  const value = members.get(name) ?? {};
  const found = membersOf(value);
  if (found === null) {
    throw invalid(`${path}, ${name}`, 'a JSON object', 'another value');
  }
  return found;
}

function textIn(value: unknown, object: string): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (typeof value !== 'string') {
    throw invalid(object, 'the name of a credential helper', 'another value');
  }
  return value;
}

function invalid(object: string, expected: string, found: string): AuthError {
  return new AuthError('CREDENTIALS_FILE_INVALID', 'not a credential file', { object, expected, found });
}
