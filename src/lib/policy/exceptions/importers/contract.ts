import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { PolicyException } from '#model/policy.ts';
import { parseDocuments } from '../../documents/index.ts';
import { type ExceptionAnswers, type ImportedExceptions, importExceptions } from '../import-exceptions.ts';
import type { ExceptionImporter, NotCarriedOver } from './importer.ts';

const NOW = Date.parse('2026-08-21T12:00:00Z');

const ANSWERS: ExceptionAnswers = {
  owner: 'team-app',
  requester: 'grace',
  approver: 'ada',
  ticket: 'SEC-7',
  reason: 'as it was ignored before',
  expires: Date.parse('2026-11-01T00:00:00Z'),
  repositories: ['registry.example/team/app'],
  digests: [],
  environments: [],
};

export function importText(
  importer: string,
  file: string,
  text: string | Uint8Array,
  answers: Partial<ExceptionAnswers> = {},
): ImportedExceptions {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return importExceptions({ importer, files: [{ file, bytes }], answers: { ...ANSWERS, ...answers }, now: NOW });
}

/** The documents that an import prints, as they are read again. */
export function exceptionsOf({ yaml }: Pick<ImportedExceptions, 'yaml'>): readonly PolicyException[] {
  return yaml === ''
    ? []
    : parseDocuments(yaml, 'imported.yaml').map((document) => {
        assert.ok(document.kind === 'Exception');
        return document;
      });
}

/** What is told of what was left out: `"CVE-2026-1": line 3: why`. */
export function toldOf(notCarriedOver: readonly NotCarriedOver[]): readonly string[] {
  return notCarriedOver.map(({ what, where, why }) => `${what}: ${where.replace(/^.*?, /, '')}: ${why}`);
}

/** What every importer of ignore files has to be. `example` has rules that are carried over, and others. */
export function exceptionImporterContract(
  { id, capabilities }: ExceptionImporter,
  { file, example }: { readonly file: string; readonly example: string },
): void {
  describe(`${id}: contract of importers of exceptions`, () => {
    test('prints documents that read back, with every answer, and names all else with its place', () => {
      const imported = importText(id, file, example);
      const exceptions = exceptionsOf(imported);
      assert.ok(exceptions.length > 0 && exceptions.length === imported.count);
      assert.equal(new Set(exceptions.map(({ name }) => name)).size, exceptions.length);
      for (const { owner, requester, approver, ticket, scope, requested } of exceptions) {
        assert.deepEqual([owner, requester, approver, ticket], ['team-app', 'grace', 'ada', 'SEC-7']);
        assert.deepEqual(scope.repositories, ANSWERS.repositories);
        assert.equal(requested, '2026-08-21T12:00:00.000Z');
      }
      assert.ok(imported.notCarriedOver.length > 0);
      for (const { what, where, why } of imported.notCarriedOver) {
        assert.ok(where.startsWith(`${file}, line `), where);
        assert.ok(what !== '' && why !== '');
      }
      assert.deepEqual(importText(id, file, example), imported);
      assert.ok(capabilities.specification.startsWith('https://') && capabilities.notCarriedOver.length > 0);
    });

    test('makes up nothing that neither the rule nor the answers say', () => {
      for (const missing of [{ reason: null }, { expires: null }, { repositories: [] }]) {
        assert.throws(() => importText(id, file, example, missing), { code: 'POLICY_IMPORT_INVALID' });
      }
      for (const wrong of [{ approver: 'Grace' }, { owner: '' }, { expires: NOW - 1 }]) {
        assert.throws(() => importText(id, file, example, wrong), { code: 'POLICY_DOCUMENT_INVALID' });
      }
    });

    test('bytes that are no text, and files past the limit, are refused', () => {
      assert.throws(() => importText(id, file, Buffer.from([0xc3, 0x28])), { code: 'POLICY_IMPORT_INVALID' });
      const large = `${example}\n${'#'.repeat(LIMITS.policyFileBytes)}`;
      assert.throws(() => importText(id, file, large), { code: 'LIMIT_EXCEEDED' });
    });

    test('whatever is changed in the example, it is read or refused', () => {
      const change = fc.tuple(fc.nat(example.length), fc.nat(12), fc.string({ maxLength: 12 }));
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          let text = example;
          for (const [at, count, insert] of changes) {
            text = `${text.slice(0, at)}${insert}${text.slice(at + count)}`;
          }
          try {
            exceptionsOf(importText(id, file, text));
          } catch (error) {
            assert.ok(error instanceof AppError, String(error));
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}
