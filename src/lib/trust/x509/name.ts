import { type Der, TAG } from '../encoding/der.ts';
import { oidOf, textOf } from '../encoding/der-values.ts';
import { malformed } from './malformed.ts';

/** A distinguished name (RFC 5280 section 4.1.2.4): its parts in the order of the encoding, the country first as a rule. */
export interface Name {
  /** DER. Two names are the same if these bytes are. */
  readonly raw: Uint8Array;
  readonly parts: readonly RelativeName[];
  /** RFC 4514: the last part first, `CN=leaf,O=Org,C=US`. Empty for an empty name. */
  readonly text: string;
}

/** The attributes of one part; more than one where it is multi-valued. */
export type RelativeName = readonly NameAttribute[];

export interface NameAttribute {
  readonly oid: string;
  readonly value: string;
}

/** RFC 4514 section 3, and the further names that Go and openssl print. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.17', 'POSTALCODE'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
]);

/** Attributes in one name; real ones have about six. */
const MAX_ATTRIBUTES = 64;
const STRINGS: ReadonlySet<number> = new Set([
  TAG.utf8String,
  TAG.printableString,
  TAG.ia5String,
  TAG.teletexString,
  TAG.bmpString,
]);

/** Throws `DER_INVALID`, and `CERTIFICATE_INVALID` for an empty part or too many. */
export function nameOf(value: Der): Name {
  const rows = value.expect(TAG.sequence, 'a name').children.map((part) => {
    const attributes = part.expect(TAG.set, 'a part of a name').children;
    if (attributes.length === 0) {
      throw malformed(value.object, 'an attribute in each part of a name', 'none');
    }
    return attributes.map(attributeOf);
  });
  const count = rows.reduce((sum, part) => sum + part.length, 0);
  if (count > MAX_ATTRIBUTES) {
    throw malformed(value.object, `a name of at most ${MAX_ATTRIBUTES} attributes`, `${count}`);
  }
  const text = rows.toReversed().map((part) => part.map((attribute) => attribute.text).join('+'));
  return { raw: value.raw, parts: rows, text: text.join(',') };
}

function attributeOf(value: Der): NameAttribute & { readonly text: string } {
  const { children } = value.expect(TAG.sequence, 'an attribute of a name');
  const [type, content] = children;
  if (type === undefined || content === undefined || children.length !== 2) {
    throw malformed(value.object, 'an attribute with type and value', `${children.length} members`);
  }
  const oid = oidOf(type);
  const name = SHORT_NAMES.get(oid);
  if (!STRINGS.has(content.tag)) {
    const hex = `#${Buffer.from(content.raw).toString('hex')}`;
    return { oid, value: hex, text: `${name ?? oid}=${hex}` };
  }
  const text = textOf(content);
  const hex = `#${Buffer.from(content.raw).toString('hex')}`;
  return { oid, value: text, text: name === undefined ? `${oid}=${hex}` : `${name}=${escapeValue(text)}` };
}

/** RFC 4514 section 2.4; control characters as the hex of their octets. */
function escapeValue(value: string): string {
  const escaped = value.replace(/["+,;<>\\]/g, '\\$&').replace(/\p{Cc}/gu, hexEscape);
  return escaped.replace(/^[# ]/, '\\$&').replace(/ $/, (space) => (escaped.length > 1 ? `\\${space}` : space));
}

function hexEscape(char: string): string {
  return Buffer.from(char).toString('hex').replace(/../g, '\\$&');
}

/** Same bytes: RFC 5280 section 7.1 would also fold case and spaces, which no authority needs and attackers like. */
export function sameName(one: Name, other: Name): boolean {
  return Buffer.compare(one.raw, other.raw) === 0;
}
