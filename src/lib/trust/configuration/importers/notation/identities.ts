import { quote } from '#base/error.ts';
import type { Fields } from '../../../attestations/fields.ts';
import { parseIdentity } from '../../../x509/identity.ts';
import type { Draft } from '../draft.ts';

const ALL = '*';
const X509_SUBJECT = 'x509.subject';

/**
 * The distinguished names of a statement, or `*`; null where none of them is of a kind that is known. Two of which one
 * includes the other are refused, as the specification says. Throws `TRUST_IMPORT_INVALID`, `IDENTITY_INVALID`.
 */
export function readIdentities(fields: Fields, where: string, draft: Draft): '*' | string[] | null {
  const texts = fields.texts('trustedIdentities');
  if (texts.length === 0) {
    throw fields.invalid('trustedIdentities', 'at least one identity, or "*"', 'none');
  }
  if (texts.includes(ALL)) {
    if (texts.length > 1) {
      throw fields.invalid('trustedIdentities', '"*" alone, or identities', '"*" among others');
    }
    return ALL;
  }
  const identities: string[] = [];
  const parsed: ReadonlyMap<string, string>[] = [];
  for (const [index, text] of texts.entries()) {
    const colon = text.indexOf(':');
    if (colon < 1) {
      throw fields.invalid('trustedIdentities', `${X509_SUBJECT}: and a distinguished name`, quote(text));
    }
    if (text.slice(0, colon) !== X509_SUBJECT) {
      draft.note(
        `identity ${quote(text)}`,
        `${where}.trustedIdentities[${index}]`,
        `Only ${X509_SUBJECT} is known. Nobody is trusted for it.`,
      );
      continue;
    }
    const name = text.slice(colon + 1).trim();
    const identity = parseIdentity(name, `${where}.trustedIdentities[${index}]`);
    if (parsed.some((other) => includes(other, identity) || includes(identity, other))) {
      throw fields.invalid('trustedIdentities', 'identities that do not overlap', quote(text));
    }
    parsed.push(identity);
    identities.push(name);
  }
  return identities.length === 0 ? null : identities;
}

function includes(wide: ReadonlyMap<string, string>, narrow: ReadonlyMap<string, string>): boolean {
  return [...wide].every(([attribute, value]) => narrow.get(attribute) === value);
}
