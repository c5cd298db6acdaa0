import { join } from 'node:path';
import { evidence } from '#test/evidence.ts';
import { startS3 } from '#test/fixtures/s3.ts';
import { missing } from '#test/prerequisites.ts';
import { blobStoreContract } from '../contract.ts';

evidence(
  'platform/blobs-s3',
  'real tool',
  "objects in a real S3 server, Versity's gateway, written by several processes",
);

blobStoreContract({
  name: 's3',
  skip: missing('go'),
  start: async () => {
    const server = await startS3();
    const { endpoint, region, bucket, accessKeyId, secretAccessKey, folder } = server;
    const prefix = 'of/plimsoll/';
    return {
      place: { driver: 's3', endpoint, region, bucket, accessKeyId, secretAccessKey, prefix },
      fileOf: (key) => join(folder, prefix, key),
      stop: async () => await server.stop(),
    };
  },
});
