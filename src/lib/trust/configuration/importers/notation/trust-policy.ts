import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { parsePattern } from '#model/repository-pattern.ts';
import { describe, Fields } from '../../../attestations/fields.ts';
import type { SignerEntry } from '../../schema.ts';
import { Draft } from '../draft.ts';
import type { ImportedTrust, ImportSource } from '../importer.ts';
import { readIdentities } from './identities.ts';
import { readStores, type StoreNames } from './trust-store.ts';

const ALL = '*';
const LEVELS = ['strict', 'permissive', 'audit', 'skip'] as const;
const ACTIONS = ['enforce', 'log', 'skip'] as const;
const CHECKS = ['authenticity', 'authenticTimestamp', 'expiry', 'revocation'] as const;

type X509Entry = NonNullable<SignerEntry['x509']>;

interface Statement {
  readonly name: string;
  readonly where: string;
  readonly scopes: readonly string[];
  readonly fields: Fields;
}

/**
 * `trustpolicy.json` (Notary Project, trust-store-trust-policy.md, Trust Policy) with the trust store beside it. There the
 * statement that names a repository counts and else the one for `*`; here that one gets the named repositories as exceptions.
 */
export async function importNotation(source: ImportSource): Promise<ImportedTrust> {
  const { text, file } = source;
  if (Buffer.byteLength(text) > LIMITS.trustConfigurationBytes) {
    throw limitExceeded(file, LIMITS.trustConfigurationBytes);
  }
  const policy = Fields.of(parseStrictJson(text, file), file, 'TRUST_IMPORT_INVALID');
  policy.only(['version', 'trustPolicies']);
  policy.word('version', ['1.0']);
  const draft = new Draft('notation');
  const statements = readStatements(policy);
  for (const statement of statements) {
    await importStatement(statement, statements, source, draft);
  }
  return draft.finish();
}

function readStatements(policy: Fields): readonly Statement[] {
  const items = policy.items('trustPolicies');
  if (items.length === 0) {
    throw policy.invalid('trustPolicies', 'at least one statement', 'none');
  }
  const names = new Set<string>();
  const taken = new Set<string>();
  return items.map((fields, index) => {
    fields.only(['name', 'registryScopes', 'signatureVerification', 'trustStores', 'trustedIdentities']);
    const name = fields.text('name');
    if (names.has(name)) {
      throw fields.invalid('name', 'every statement under a name of its own', `${quote(name)} again`);
    }
    names.add(name);
    return { name, where: `trustPolicies[${index}]`, scopes: readScopes(fields, taken), fields };
  });
}

/** Whole repositories, or `*` alone; each in one statement only. */
function readScopes(fields: Fields, taken: Set<string>): readonly string[] {
  const scopes = fields.texts('registryScopes');
  if (scopes.length === 0) {
    throw fields.invalid('registryScopes', 'at least one scope', 'none');
  }
  if (scopes.includes(ALL) && scopes.length > 1) {
    throw fields.invalid('registryScopes', '"*" alone, or repositories', '"*" among others');
  }
  for (const scope of scopes) {
    const pattern = scope === ALL ? null : parsePattern(scope);
    if (typeof pattern === 'string' || (scope !== ALL && (scope.includes(ALL) || !scope.includes('/')))) {
      throw fields.invalid('registryScopes', 'a repository such as registry.example/team/app', quote(scope));
    }
    const spelling = pattern?.text ?? scope;
    if (taken.has(spelling)) {
      throw fields.invalid('registryScopes', 'every scope in one statement only', `${quote(scope)} again`);
    }
    taken.add(spelling);
  }
  return scopes;
}

async function importStatement(
  statement: Statement,
  statements: readonly Statement[],
  source: ImportSource,
  draft: Draft,
): Promise<void> {
  const { name, where, fields, scopes } = statement;
  const verification = fields.fields('signatureVerification');
  verification.only(['level', 'override', 'verifyTimestamp']);
  const level = verification.word('level', LEVELS);
  if (level === 'skip') {
    assertSkipIsBare(fields, verification);
    draft.note(
      `statement ${quote(name)}, level skip`,
      `${where}.signatureVerification.level`,
      `It accepts anything from ${scopes.join(', ')}. Here those repositories are judged by the other rules, and refused where there is none.`,
    );
    return;
  }
  const override = readOverride(verification);
  const verifyTimestamp = verification.has('verifyTimestamp')
    ? verification.word('verifyTimestamp', ['always', 'afterCertExpiry'])
    : 'always';
  const identities = readIdentities(fields, where, draft);
  const stores = await readStores(fields, source, draft);
  if (identities === null) {
    draft.rule(name, scopesOf(statement, statements), [
      { refuse: `The statement ${name} of the Notary trust policy has no identity that is understood here.` },
    ]);
    return;
  }
  const signer = draft.signer(name, { x509: { ...signerOf(stores), identities, level, ...override, verifyTimestamp } });
  draft.rule(name, scopesOf(statement, statements), [{ signature: { signers: [signer] } }]);
}

function signerOf({ anchors, timestampAuthorities }: StoreNames): Pick<X509Entry, 'stores' | 'timestampAuthorities'> {
  return {
    stores: [...anchors],
    ...(timestampAuthorities.length === 0 ? {} : { timestampAuthorities: [...timestampAuthorities] }),
  };
}

/** Notation verifies what the reference names: the index of a multi-platform image. */
function scopesOf(
  { scopes }: Statement,
  statements: readonly Statement[],
): { repositories: string[]; except?: string[]; platforms: 'index' } {
  if (!scopes.includes(ALL)) {
    return { repositories: [...scopes], platforms: 'index' };
  }
  // A skipped repository stays under the rule for all: it would be accepted there without anything.
  const named = statements
    .filter(({ fields }) => fields.fields('signatureVerification').value('level') !== 'skip')
    .flatMap((other) => other.scopes)
    .filter((scope) => scope !== ALL);
  return { repositories: ['**'], ...(named.length === 0 ? {} : { except: named }), platforms: 'index' };
}

function readOverride(verification: Fields): Pick<X509Entry, 'override'> {
  const fields = verification.optionalFields('override');
  if (fields === null) {
    return {};
  }
  fields.only(CHECKS);
  const override: NonNullable<X509Entry['override']> = {};
  for (const check of CHECKS) {
    if (!fields.has(check)) {
      continue;
    }
    const action = fields.word(check, ACTIONS);
    if (check === 'revocation') {
      override.revocation = action;
    } else if (action === 'skip') {
      throw fields.invalid(check, 'enforce or log', '"skip", which revocation alone may be');
    } else {
      override[check] = action;
    }
  }
  return { override };
}

function assertSkipIsBare(fields: Fields, verification: Fields): void {
  for (const member of ['trustStores', 'trustedIdentities']) {
    if (fields.optionalList(member).length > 0) {
      throw fields.invalid(member, 'nothing beside level skip', describe(fields.value(member)));
    }
  }
  if (verification.has('override')) {
    throw verification.invalid('override', 'nothing beside level skip', describe(verification.value('override')));
  }
}
