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

/**
 * Attribute values by their short names (`C`, `ST`, `O`, …; `S` is `ST`) of an identity that a Notary trust policy names
 * (trust-store-trust-policy.md, Trusted Identities Constraints): the text behind `x509.subject:`. Throws `IDENTITY_INVALID`
 * for an attribute twice, a multi-valued part, an unknown attribute, a bad escape.
 */
export declare function parseIdentity(text: string, object: string): ReadonlyMap<string, string>;

/** True when the name has each attribute of the identity with exactly that value, once. An empty identity matches nothing. */
export declare function identityMatches(identity: ReadonlyMap<string, string>, name: Name): boolean;
