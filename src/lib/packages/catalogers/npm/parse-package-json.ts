import { messageOf, quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { PackagesError } from '../../error.ts';
import { decodeText } from '../../text.ts';

/** What an installed package says of itself. */
export interface PackageJson {
  /** Null when there is none. */
  readonly name: string | null;
  /** Null when there is none, or when it is not a string. */
  readonly version: string | null;
  readonly licenses: readonly string[];
  /** It may not be published: no registry has it. */
  readonly isPrivate: boolean;
  /** Under what names it loads others, sorted: what it depends on, optional ones and peers among them. */
  readonly requires: readonly string[];
}

const DEPENDENCIES = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const;

/**
 * A `package.json` as npm reads it: a byte order mark is skipped and the last of duplicate members counts, since
 * the file only describes and decides nothing. Throws `PACKAGE_METADATA_INVALID`.
 */
export function parsePackageJson(bytes: Uint8Array, object: string): PackageJson {
  const text = decodeText(bytes);
  assertDepth(text, object);
  const members = toMembers(parseJson(text, object), object);
  return {
    name: stringOf(members.get('name')),
    version: stringOf(members.get('version')),
    licenses: [...licensesOf(members.get('license')), ...licensesOf(members.get('licenses'))],
    isPrivate: members.get('private') === true,
    requires: [...new Set(DEPENDENCIES.flatMap((member) => keysOf(members.get(member))))].toSorted(),
  };
}

function parseJson(text: string, object: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const detail = { object, expected: 'JSON', found: quote(messageOf(error)), cause: error };
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable package.json', detail);
  }
}

function toMembers(value: unknown, object: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const found = Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value;
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable package.json', {
      object,
      expected: 'an object',
      found,
    });
  }
  return new Map(Object.entries(value));
}

/** Brackets outside strings; JSON.parse judges everything else. */
function assertDepth(text: string, object: string): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) {
        at += 1;
      } else if (char === 0x22) {
        inString = false;
      }
    } else if (char === 0x22) {
      inString = true;
    } else if (char === 0x7b || char === 0x5b) {
      depth += 1;
    } else if (char === 0x7d || char === 0x5d) {
      depth -= 1;
    }
    if (depth > LIMITS.jsonDepth) {
      const detail = { object, expected: `at most ${LIMITS.jsonDepth} levels`, found: 'more' };
      throw new PackagesError('PACKAGE_METADATA_INVALID', 'package.json nested too deep', detail);
    }
  }
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value.trim() : null;
}

/** `license: "MIT"`, and the old forms `{ "type": "MIT" }` and `licenses: [ … ]` that packages still use. */
function licensesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => (Array.isArray(item) ? [] : licensesOf(item)));
  }
  const text = typeof value === 'object' && value !== null && 'type' in value ? value.type : value;
  return typeof text === 'string' && text.trim() !== '' ? [text.trim()] : [];
}

/** Of whatever is no object, none; lists are of packages from before npm. */
function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
