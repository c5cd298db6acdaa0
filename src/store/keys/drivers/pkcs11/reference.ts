import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quote } from '#base/error.ts';
import type { KeySearch, TokenSearch } from './native/protocol.ts';
import { invalidUri, type Pkcs11Uri, parsePkcs11Uri } from './uri.ts';

/** What a PKCS #11 URI and the environment say of a key. */
export interface KeyReference {
  /** The URI without its query, and so without secrets. */
  readonly name: string;
  /** The shared library, an absolute path. */
  readonly module: string;
  readonly token: TokenSearch;
  readonly key: KeySearch;
  /** Where the URI has the PIN; null when it says nothing of one. */
  readonly pin:
    | { readonly kind: 'value'; readonly bytes: Buffer }
    | { readonly kind: 'file'; readonly path: string }
    | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The first is cosign's. */
const MODULE_VARIABLES = ['COSIGN_PKCS11_MODULE_PATH', 'PKCS11_MODULE_PATH'] as const;
/** What the URI may say and nobody looks at here. Leaving a condition out could find another key. */
const NOT_LOOKED_AT = [
  'library-manufacturer',
  'library-version',
  'library-description',
  'slot-manufacturer',
  'slot-description',
] as const;

/** Throws `KEY_REFERENCE_INVALID`. */
export function parseReference(reference: string, environment: Environment): KeyReference {
  const uri = parsePkcs11Uri(reference);
  const other = NOT_LOOKED_AT.find((name) => uri.pathAttributes.has(name));
  if (other !== undefined) {
    throw invalidUri('token, manufacturer, model, serial or slot-id for the token', other);
  }
  const type = uri.pathAttributes.get('type');
  if (type !== undefined && type.toString('latin1') !== 'private') {
    throw invalidUri('no type, or type=private', `type=${quote(type.toString('utf8'))}`);
  }
  const hex = (name: string): string | null => uri.pathAttributes.get(name)?.toString('hex') ?? null;
  return {
    name: uri.path,
    module: moduleOf(uri, environment),
    token: {
      label: hex('token'),
      manufacturer: hex('manufacturer'),
      model: hex('model'),
      serial: hex('serial'),
      slot: slotOf(uri),
    },
    key: { label: hex('object'), id: hex('id') },
    pin: pinOf(uri),
  };
}

function slotOf({ pathAttributes }: Pkcs11Uri): number | null {
  const text = pathAttributes.get('slot-id')?.toString('latin1');
  if (text === undefined) {
    return null;
  }
  const slot = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(slot)) {
    throw invalidUri('a number for slot-id', quote(text));
  }
  return slot;
}

function moduleOf({ queryAttributes }: Pkcs11Uri, environment: Environment): string {
  const ofUri = queryAttributes.get('module-path')?.toString('utf8');
  const variable = MODULE_VARIABLES.find((name) => (environment[name] ?? '') !== '');
  const path = ofUri ?? (variable === undefined ? undefined : environment[variable]);
  if (path === undefined) {
    throw invalidUri(
      `?module-path=/PATH, ${MODULE_VARIABLES.join(' or ')}`,
      queryAttributes.has('module-name') ? 'module-name' : 'none of them',
      'The module is a shared library that comes with the token, such as /usr/lib/softhsm/libsofthsm2.so.',
    );
  }
  if (!isAbsolute(path) || path.includes('\0')) {
    throw invalidUri('an absolute path for the module', quote(path));
  }
  return path;
}

function pinOf({ queryAttributes }: Pkcs11Uri): KeyReference['pin'] {
  const value = queryAttributes.get('pin-value');
  const source = queryAttributes.get('pin-source')?.toString('utf8');
  if (source === undefined) {
    return value === undefined ? null : { kind: 'value', bytes: value };
  }
  if (value !== undefined) {
    throw invalidUri('pin-value or pin-source', 'both');
  }
  const path = filePath(source);
  if (path === null) {
    throw invalidUri('file:/PATH for pin-source', source.startsWith('|') ? 'a command' : 'something else');
  }
  return { kind: 'file', path };
}

function filePath(source: string): string | null {
  if (isAbsolute(source)) {
    return source;
  }
  if (!/^file:\//i.test(source)) {
    return null;
  }
  try {
    return fileURLToPath(source);
  } catch {
    return null;
  }
}
