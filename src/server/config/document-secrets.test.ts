import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { otherSecretThan, readDocumentSecret } from './document-secrets.ts';

test('a document has the secrets that are there for documents, and no other file or variable of the server', async (context) => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-secrets-')));
  context.after(() => rmSync(home, { recursive: true, force: true }));
  const secrets = join(home, 'secrets');
  mkdirSync(secrets);
  writeFileSync(join(secrets, 'hub'), 'voyager\n');
  writeFileSync(join(home, 'signing.key'), 'of the server');
  symlinkSync(join(home, 'signing.key'), join(secrets, 'link'));
  symlinkSync('hub', join(secrets, 'same'));
  const places = { secrets, variables: 'PLIMSOLL_SECRET_' };
  const environment = { PLIMSOLL_SECRET_HUB: 'robot', DATABASE: 'postgres://', PLIMSOLL_SECRET_NONE: '' };
  const read = async (reference: string): Promise<string> => await readDocumentSecret(reference, places, environment);
  assert.deepEqual(
    [await read(`file:${secrets}/hub`), await read(`file:${secrets}/same`), await read('env:PLIMSOLL_SECRET_HUB')],
    ['voyager', 'voyager', 'robot'],
  );
  const others = [
    `file:${home}/signing.key`,
    `file:${secrets}/../signing.key`,
    `file:${secrets}`,
    'env:DATABASE',
    'hub',
  ];
  for (const reference of others) {
    assert.notEqual(otherSecretThan(reference, places), null, reference);
    await assert.rejects(read(reference), { code: 'SERVER_SECRET_REFUSED' }, reference);
  }
  await assert.rejects(read(`file:${secrets}/link`), { code: 'SERVER_SECRET_REFUSED' });
  for (const reference of [`file:${secrets}/none`, 'env:PLIMSOLL_SECRET_NONE']) {
    await assert.rejects(read(reference), { code: 'SERVER_SECRET_MISSING' }, reference);
  }
});
