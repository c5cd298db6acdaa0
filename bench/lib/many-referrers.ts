import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { attachment, IMAGE, registryOf, served } from '#test/fixtures/evidence-registry.ts';
import { dsseEnvelope, testKey } from '#test/fixtures/signing.ts';

const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A registry on loopback with an image that strangers have signed this often, each time a little differently. */
export interface CrowdedRegistry {
  readonly reference: string;
  close(): void;
}

export async function crowdedRegistry(count: number): Promise<CrowdedRegistry> {
  const { privateKey } = testKey();
  const [, hex = ''] = IMAGE.digest.split(':');
  const held = Array.from({ length: count }, (_, index) => {
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: `copy ${index}`, digest: { sha256: hex } }],
      predicateType: 'https://sigstore.dev/cosign/sign/v1',
      predicate: {},
    };
    const bundle = {
      mediaType: BUNDLE_TYPE,
      verificationMaterial: { publicKey: { hint: 'stranger' } },
      dsseEnvelope: JSON.parse(dsseEnvelope(Buffer.from(JSON.stringify(statement)), privateKey).toString()) as object,
    };
    const blob = served(BUNDLE_TYPE, bundle);
    return { blob, manifest: attachment([blob]) };
  });
  const server = createServer(
    registryOf({
      content: held.flatMap(({ blob, manifest }) => [blob, manifest]),
      referrers: held.map(({ manifest }) => manifest),
    }),
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    reference: `127.0.0.1:${port}/team/app:latest`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
