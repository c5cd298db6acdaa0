import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { rulesFor } from '../../index.ts';
import { accepts, loadImported } from '../contract.ts';
import type { FolderEntry, ImportedTrust } from '../importer.ts';
import { notation } from './index.ts';

evidence(
  'trust/import-notation',
  'published',
  'trust policies, valid and invalid, of the end-to-end tests of notation',
);

const certificate = resolve(
  import.meta.dirname,
  '../../../../../../test/fixtures/signed/certificates/notary-p256-root.pem',
);

/** The stores of notation's tests, with a certificate of our fixtures in them. */
const STORES: ReadonlyMap<string, readonly FolderEntry[]> = new Map([
  ['truststore/x509/ca/e2e', [{ name: 'e2e.crt', kind: 'file' }]],
  ['truststore/x509/tsa/e2e', [{ name: 'root.pem', kind: 'file' }]],
  ['truststore/x509/ca/linked', [{ name: 'root.pem', kind: 'other' }]],
  ['truststore/x509/ca/nested', [{ name: 'more', kind: 'folder' }]],
  ['truststore/x509/ca/notes', [{ name: 'README', kind: 'file' }]],
  ['truststore/x509/ca/empty', []],
  [
    'trust-store/x509/signingAuthority/spec',
    [
      { name: 'b.cer', kind: 'file' },
      { name: 'a.pem', kind: 'file' },
    ],
  ],
]);

async function importText(text: string): Promise<ImportedTrust> {
  return await notation.read({
    text,
    file: 'trustpolicy.json',
    listFolder: (path) => Promise.resolve(STORES.get(path) ?? null),
  });
}

function load(imported: ImportedTrust) {
  return loadImported(imported, (path) => {
    assert.match(path, /^\/imported\/trust-?store\/x509\//);
    return readFile(path.includes('/tsa/') ? certificate.replace('notary-p256', 'timestamp-authority') : certificate);
  });
}

/** A policy of one statement, with other members in place of its own. */
function statement(members: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    name: 'e2e',
    registryScopes: ['*'],
    signatureVerification: { level: 'strict' },
    trustStores: ['ca:e2e'],
    trustedIdentities: ['*'],
    ...members,
  };
}

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ version: '1.0', trustPolicies: statements });
}

describe('a Notary trust policy', { skip: missing('shared-data') }, () => {
  const valid: ReadonlySet<string> = new Set([
    'any_registry_scope_trust_policy.json',
    'multiple_registry_scope_trustpolicy.json',
    'multiple_trusted_identity_trustpolicy.json',
    'overlapped_trust_store_trustpolicy.json',
    'override_audit_trustpolicy.json',
    'override_permissive_trustpolicy.json',
    'permissive_trustpolicy.json',
    'registry_scope_trustpolicy.json',
    'timestamp_after_cert_expiry_trustpolicy.json',
    'trustpolicy.json',
  ]);
  /** Why the others cannot be imported. */
  const reasons: Readonly<Record<string, RegExp>> = {
    'blob_trust_policy.json': /registryScopes/,
    'empty_trusted_identity_trustpolicy.json': /trustedIdentities/,
    'invalid_format_trustpolicy.json': /not valid JSON/,
    'invalid_trust_store_trustpolicy.json': /the trust store truststore\/x509\/ca\/invalid_store/,
    'malformed_registry_scope_trustpolicy.json': /registryScopes.*localhost:5000/,
    'malformed_trusted_identity_trustpolicy.json': /x509\.subject: and a distinguished name/,
    'missing_organization_trusted_identity_trustpolicy.json': /C, ST and O/,
    'multi_statements_with_multi_wildcard_registry_scope_trustpolicy.json': /one statement only, found "\*" again/,
    'multi_statements_with_the_same_registry_scope_trustpolicy.json': /one statement only.*test-repo8/,
    'unset_trusted_identity_trustpolicy.json': /at least one identity/,
    'wildcard_plus_other_registry_scope_trustpolicy.json': /"\*" alone/,
    'wildcard_trust_store_trustpolicy.json': /ca:, signingAuthority: or tsa: and the name of a store/,
  };

  it('of notation is imported when it is valid, and refused with the reason when it is not', async (t) => {
    const folder = data('spec/notation/trustpolicies');
    const counts = { imported: 0, refused: 0 };
    for (const file of readdirSync(folder).toSorted()) {
      const text = readFileSync(join(folder, file), 'utf8');
      if (valid.has(file)) {
        const imported = await importText(text);
        assert.deepEqual(imported.notCarriedOver, [], file);
        assert.ok((await load(imported)).rules.length > 0, file);
        counts.imported += 1;
      } else {
        await assert.rejects(importText(text), (error: unknown) => {
          assert.ok(isAppError(error), `${file}: ${String(error)}`);
          assert.match(error.message, reasons[file] ?? /no reason is known/, file);
          return true;
        });
        counts.refused += 1;
      }
    }
    t.diagnostic(`${counts.imported} policies imported, ${counts.refused} refused`);
    assert.ok(counts.imported >= 10 && counts.refused >= 12, JSON.stringify(counts));
  });
});

describe('the importer of Notary trust policies', () => {
  it('has the statement for a repository count alone, as notation does', async () => {
    const configuration = await load(
      await importText(
        policy(
          statement({ name: 'all' }),
          statement({
            name: 'one',
            registryScopes: ['registry.example/a'],
            trustedIdentities: ['x509.subject: C=US, ST=WA, O=A'],
          }),
        ),
      ),
    );
    const names = (repository: string): readonly string[] =>
      rulesFor(configuration, repository).map(({ name }) => name);
    assert.deepEqual(names('registry.example/a'), ['one']);
    assert.deepEqual(names('registry.example/a/b'), ['all']);
    assert.deepEqual(rulesFor(configuration, null), []);
  });

  it('never turns level skip into an acceptance', async () => {
    const skip = { signatureVerification: { level: 'skip' }, trustStores: [], trustedIdentities: [] };
    const alone = await importText(policy(statement({ ...skip, registryScopes: ['registry.example/a'] })));
    assert.equal(
      accepts(await load(alone), 'registry.example/a', () => true),
      false,
    );
    assert.deepEqual(
      alone.notCarriedOver.map(({ where }) => where),
      ['trustPolicies[0].signatureVerification.level'],
    );
    const beside = await importText(
      policy(statement({ name: 'all' }), statement({ ...skip, registryScopes: ['registry.example/a'] })),
    );
    const configuration = await load(beside);
    assert.equal(
      accepts(configuration, 'registry.example/a', () => false),
      false,
    );
    assert.deepEqual(
      rulesFor(configuration, 'registry.example/a').map(({ name }) => name),
      ['all'],
    );
  });

  it('carries over levels, overrides, stores and timestamps', async () => {
    const imported = await importText(
      policy(
        statement({
          signatureVerification: {
            level: 'audit',
            override: { revocation: 'skip', expiry: 'enforce' },
            verifyTimestamp: 'afterCertExpiry',
          },
          trustStores: ['signingAuthority:spec', 'tsa:e2e', 'ca:e2e'],
          trustedIdentities: ['x509.subject: C=US, ST=WA, O=A', 'x509.subject:C=US,ST=WA,O=B'],
        }),
      ),
    );
    assert.deepEqual(imported.document.stores?.['signingAuthority-spec']?.certificates, [
      'trust-store/x509/signingAuthority/spec/a.pem',
      'trust-store/x509/signingAuthority/spec/b.cer',
    ]);
    const signer = (await load(imported)).signers.get('e2e');
    assert.ok(signer?.kind === 'x509' && signer.identities !== 'any');
    assert.deepEqual(signer.rules, {
      authenticity: 'log',
      authenticTimestamp: 'log',
      expiry: 'enforce',
      revocation: 'skip',
      verifyTimestamp: 'afterCertExpiry',
    });
    assert.equal(signer.identities.length, 2);
    assert.equal(signer.stores.tsa.length, 1);
  });

  it('trusts nobody for an identity of another kind, and says so', async () => {
    const imported = await importText(policy(statement({ trustedIdentities: ['did.web: example'] })));
    assert.equal(
      accepts(await load(imported), 'registry.example/a', () => true),
      false,
    );
    assert.equal(imported.notCarriedOver.length, 1);
  });

  const refused: readonly (readonly [what: string, members: Readonly<Record<string, unknown>>, problem: RegExp])[] = [
    ['a link in a trust store', { trustStores: ['ca:linked'] }, /a link or special file: "root\.pem"/],
    ['a folder in a trust store', { trustStores: ['ca:nested'] }, /a folder: "more"/],
    ['another file in a trust store', { trustStores: ['ca:notes'] }, /another file: "README"/],
    ['an empty trust store', { trustStores: ['ca:empty'] }, /certificates in the trust store/],
    ['a store that leads elsewhere', { trustStores: ['ca:..'] }, /the name of a store, found "ca:\.\."/],
    ['a store that leads elsewhere by a path', { trustStores: ['ca:../../x'] }, /the name of a store/],
    ['timestamp authorities alone', { trustStores: ['tsa:e2e'] }, /at least one store of type ca/],
    [
      'identities of which one includes the other',
      { trustedIdentities: ['x509.subject: C=US, ST=WA, O=A', 'x509.subject: C=US, ST=WA, O=A, OU=B'] },
      /do not overlap/,
    ],
    ['an unknown level', { signatureVerification: { level: 'lax' } }, /strict, permissive, audit, skip, found "lax"/],
    [
      'an integrity that is only logged',
      { signatureVerification: { level: 'strict', override: { integrity: 'log' } } },
      /integrity/,
    ],
    [
      'an authenticity that is skipped',
      { signatureVerification: { level: 'strict', override: { authenticity: 'skip' } } },
      /enforce or log/,
    ],
    ['an unknown member', { registryScope: ['*'] }, /registryScope/],
    ['a partial wildcard', { registryScopes: ['registry.example/*'] }, /registryScopes/],
  ];
  for (const [what, members, problem] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(importText(policy(statement(members))), problem);
    });
  }
});
