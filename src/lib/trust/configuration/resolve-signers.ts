import { quote } from '#base/error.ts';
import { CLAIM_NAMES } from '../keyless/certificate-identity.ts';
import { parsePublicKey } from '../keys/public-key.ts';
import { notaryStores } from '../notary/stores.ts';
import type { NotaryRules } from '../notary/verify.ts';
import { parseIdentity } from '../x509/identity.ts';
import type { KeylessSigner, KeySigner, NamedRoot, NotaryLevel, TrustedSigner, X509Signer } from './configuration.ts';
import type { Loading, Path } from './files.ts';
import type { StoreWithRevocation } from './resolve-stores.ts';
import type { SignerEntry } from './schema.ts';
import { anyText, textMatcher } from './texts.ts';

interface Resolved {
  readonly roots: ReadonlyMap<string, NamedRoot>;
  readonly stores: ReadonlyMap<string, StoreWithRevocation>;
}

type Entry<Kind extends 'key' | 'keyless' | 'x509'> = NonNullable<SignerEntry[Kind]>;
type Names = Pick<TrustedSigner, 'name' | 'operator'>;

/** Throws `TRUST_CONFIGURATION_INVALID`, `IDENTITY_INVALID` and what the reader of keys throws. */
export async function resolveSigners(
  entries: Readonly<Record<string, SignerEntry>>,
  resolved: Resolved,
  loading: Loading,
): Promise<ReadonlyMap<string, TrustedSigner>> {
  const signers = new Map<string, TrustedSigner>();
  for (const [name, entry] of Object.entries(entries)) {
    signers.set(name, await resolveSigner(name, entry, resolved, loading));
  }
  return signers;
}

async function resolveSigner(
  name: string,
  entry: SignerEntry,
  resolved: Resolved,
  loading: Loading,
): Promise<TrustedSigner> {
  const names = { name, operator: entry.operator ?? name };
  const path = ['signers', name];
  if (entry.key !== undefined) {
    return await keySigner(names, entry.key, [...path, 'key'], resolved, loading);
  }
  if (entry.keyless !== undefined) {
    return keylessSigner(names, entry.keyless, [...path, 'keyless'], resolved, loading);
  }
  if (entry.x509 !== undefined) {
    return x509Signer(names, entry.x509, [...path, 'x509'], resolved, loading);
  }
  throw loading.invalid(path, 'exactly one of key, keyless, x509', 'none');
}

async function keySigner(
  names: Names,
  entry: Entry<'key'>,
  path: Path,
  { roots }: Resolved,
  loading: Loading,
): Promise<KeySigner> {
  const source = entry.file ?? { pem: entry.pem ?? '' };
  const file = await loading.files.read(source, [...path, entry.file === undefined ? 'pem' : 'file']);
  return {
    kind: 'key',
    ...names,
    key: parsePublicKey(file.bytes, file.name),
    validFrom: instant(entry.validFrom),
    validUntil: instant(entry.validUntil),
    revokedAt: instant(entry.revokedAt),
    root: entry.root === undefined ? null : rootOf(entry.root, [...path, 'root'], roots, loading),
    transparency: entry.transparency,
  };
}

function keylessSigner(
  names: Names,
  entry: Entry<'keyless'>,
  path: Path,
  { roots }: Resolved,
  loading: Loading,
): KeylessSigner {
  const place = (member: string): string => loading.place([...path, member]);
  const { subject } = entry;
  const claims = Object.entries(entry.claims ?? {}).map(([claim, text]) => {
    const at = [...path, 'claims', claim];
    if (!CLAIM_NAMES.has(claim)) {
      throw loading.invalid(at, `a claim that certificates have: ${[...CLAIM_NAMES].join(', ')}`, quote(claim));
    }
    return [claim, textMatcher(text, loading.place(at))] as const;
  });
  return {
    kind: 'keyless',
    ...names,
    root: rootOf(entry.root, [...path, 'root'], roots, loading),
    identity: {
      issuer: textMatcher(entry.issuer, place('issuer')),
      subject:
        typeof subject === 'object' && 'any' in subject
          ? anyText(place('subject'))
          : textMatcher(subject, place('subject')),
      claims: new Map(claims),
    },
    transparency: entry.transparency ?? 'required',
  };
}

function x509Signer(
  names: Names,
  entry: Entry<'x509'>,
  path: Path,
  { stores }: Resolved,
  loading: Loading,
): X509Signer {
  const anchors = storesOf(entry.stores, [...path, 'stores'], (type) => type !== 'tsa', stores, loading);
  const authorities = storesOf(
    entry.timestampAuthorities ?? [],
    [...path, 'timestampAuthorities'],
    (type) => type === 'tsa',
    stores,
    loading,
  );
  const all = [...anchors, ...authorities];
  const { identities } = entry;
  return {
    kind: 'x509',
    ...names,
    stores: notaryStores(all.map(({ store }) => store)),
    identities:
      identities === '*'
        ? 'any'
        : identities.map((text, index) => parseIdentity(text, loading.place([...path, 'identities', index]))),
    level: entry.level,
    rules: {
      ...LEVELS[entry.level],
      ...withoutUndefined(entry.override),
      verifyTimestamp: entry.verifyTimestamp ?? 'always',
    },
    crls: all.flatMap(({ crls }) => crls),
    ocspResponses: all.flatMap(({ ocspResponses }) => ocspResponses),
  };
}

/** Notary Project, trust-store-trust-policy.md, Signature Verification Levels. */
const LEVELS: Readonly<Record<NotaryLevel, Omit<NotaryRules, 'verifyTimestamp'>>> = {
  strict: { authenticity: 'enforce', authenticTimestamp: 'enforce', expiry: 'enforce', revocation: 'enforce' },
  permissive: { authenticity: 'enforce', authenticTimestamp: 'log', expiry: 'log', revocation: 'log' },
  audit: { authenticity: 'log', authenticTimestamp: 'log', expiry: 'log', revocation: 'log' },
};

function withoutUndefined(override: Entry<'x509'>['override']): Partial<Omit<NotaryRules, 'verifyTimestamp'>> {
  return Object.fromEntries(Object.entries(override ?? {}).filter(([, action]) => action !== undefined));
}

function storesOf(
  names: readonly string[],
  path: Path,
  fits: (type: string) => boolean,
  stores: Resolved['stores'],
  loading: Loading,
): readonly StoreWithRevocation[] {
  return names.map((name, index) => {
    const store = stores.get(name);
    if (store === undefined) {
      throw loading.invalid([...path, index], 'the name of one of the stores', quote(name));
    }
    if (!fits(store.store.type)) {
      const expected = fits('tsa') ? 'a store of type tsa' : 'a store of type ca or signingAuthority';
      throw loading.invalid([...path, index], expected, `${quote(name)} of type ${store.store.type}`);
    }
    return store;
  });
}

function rootOf(name: string, path: Path, roots: Resolved['roots'], loading: Loading): NamedRoot {
  const root = roots.get(name);
  if (root === undefined) {
    throw loading.invalid(path, 'the name of one of the roots', quote(name));
  }
  return root;
}

function instant(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}
