import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evidence } from '#test/evidence.ts';
import { blobStoreContract } from '../contract.ts';

evidence(
  'platform/blobs-fs',
  'self-made',
  'blobs written, joined, read and removed on a real file system by several processes',
);

blobStoreContract({
  name: 'fs',
  skip: false,
  start: () => {
    const root = mkdtempSync(join(tmpdir(), 'plimsoll-blobs-'));
    return Promise.resolve({
      place: { driver: 'fs', root },
      fileOf: (key) => join(root, key),
      stop: () => Promise.resolve(rmSync(root, { recursive: true })),
    });
  },
});
