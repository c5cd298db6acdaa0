import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentText, openDocuments, policyText, ROOT, sourceText } from '#test/fixtures/documents-world.ts';
import { applyDocuments } from './apply.ts';

test('a source that names a secret which is not for documents is not applied', async (context) => {
  const world = await openDocuments(context);
  const otherSecretThan = (reference: string): string | null =>
    reference.startsWith('env:HUB_') ? null : 'a variable whose name begins with HUB_';
  const apply = async (password: string): Promise<boolean> => {
    const credentials = `  credentials: { username: env:HUB_USER, password: "${password}" }\n`;
    const documents = [policyText('one'), environmentText('production', 'one'), sourceText('hub', credentials)];
    const texts = [{ path: 'all.yaml', text: documents.join('---\n') }];
    return (await applyDocuments({ ...world, otherSecretThan }, ROOT, texts, { isDryRun: false })).isWritten;
  };
  await assert.rejects(apply('file:/srv/signing.key'), { code: 'DOCUMENTS_DENIED', message: /begins with HUB_/ });
  assert.equal(await apply('env:HUB_PASSWORD'), true);
});
