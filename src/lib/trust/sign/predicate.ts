import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { readPredicate } from '../attestations/predicates/list.ts';
import { TrustError } from '../error.ts';
import { inSeconds } from './artifact.ts';
import type { PredicateText } from './statement.ts';

const CUSTOM = 'https://cosign.sigstore.dev/attestation/v1';
const SPDX = 'https://spdx.dev/Document';

/** The short names that `cosign attest --type` has (sigstore/cosign cmd/cosign/cli/options/predicate.go). */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['custom', CUSTOM],
  ['cyclonedx', 'https://cyclonedx.org/bom'],
  ['link', 'https://in-toto.io/Link/v1'],
  ['openvex', 'https://openvex.dev/ns'],
  ['slsaprovenance', 'https://slsa.dev/provenance/v0.2'],
  ['slsaprovenance02', 'https://slsa.dev/provenance/v0.2'],
  ['slsaprovenance1', 'https://slsa.dev/provenance/v1'],
  ['spdx', SPDX],
  ['spdxjson', SPDX],
  ['vuln', 'https://cosign.sigstore.dev/attestation/vuln/v1'],
]);

/** For help: what `predicateType` knows besides URIs. */
export const PREDICATE_NAMES: readonly string[] = [...SHORT_NAMES.keys()];

/** The URI of a type. Throws `PREDICATE_TYPE_INVALID` for what is neither a short name nor a URI. */
function predicateType(text: string): string {
  const uri = SHORT_NAMES.get(text) ?? text;
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$/.test(uri)) {
    throw new TrustError('PREDICATE_TYPE_INVALID', 'not a type of predicate', {
      object: quote(text),
      expected: `a URI, or one of ${PREDICATE_NAMES.join(', ')}`,
      found: 'neither',
    });
  }
  return uri;
}

/**
 * A file as a predicate of a type, checked by the reader of that type if there is one: nobody could use what it refuses.
 * `custom` is wrapped as cosign does it; SPDX in its tag-value form becomes a text. Throws `PREDICATE_TYPE_INVALID`,
 * `PREDICATE_INVALID`, and what `parseStrictJson` throws. `now` in milliseconds since 1970.
 */
export function predicateFromFile(
  type: string,
  file: { readonly name: string; readonly bytes: Uint8Array },
  now: number,
): PredicateText {
  const uri = predicateType(type);
  const json = jsonOf(uri, file, now);
  readPredicate(parseStrictJson(json, file.name), uri, file.name);
  return { type: uri, json };
}

function jsonOf(
  uri: string,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  now: number,
): string {
  const text = textOf(bytes, name);
  if (uri === CUSTOM) {
    return JSON.stringify({ Data: text, Timestamp: inSeconds(now) });
  }
  if (uri === SPDX && /^(#[^\n]*\n|\s)*SPDXVersion:/.test(text)) {
    return JSON.stringify(text);
  }
  return text;
}

function textOf(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new TrustError('PREDICATE_INVALID', 'not text', {
      object: name,
      expected: 'UTF-8',
      found: 'other bytes',
      cause: error,
    });
  }
}
