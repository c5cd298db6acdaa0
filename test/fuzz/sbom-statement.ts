import { runSbom, toolDocuments } from '#test/fixtures/fuzz-sbom.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

/** SBOM documents of all formats in in-toto statements, DSSE envelopes and bundles. */
export const sbomStatement: FuzzTarget = {
  id: 'sbom-statement',
  seeds: () => [
    ...toolDocuments('.cdx.json').flatMap((document) => wrapped('https://cyclonedx.org/bom', parsed(document))),
    ...toolDocuments('.spdx.json').flatMap((document) => wrapped('https://spdx.dev/Document/v2.3', parsed(document))),
    ...toolDocuments('syft-1.27.1.json').flatMap((document) => wrapped('https://syft.dev/bom', parsed(document))),
    ...toolDocuments('.spdx').flatMap((document) =>
      wrapped('https://spdx.dev/Document', { Data: Buffer.from(document).toString('utf8') }),
    ),
  ],
  maxMillis: 200,
  dictionary: ['"predicate"', '"Data"', 'dsseEnvelope', 'application/vnd.in-toto+json', 'https://spdx.dev/Document'],
  mutate: mutateStructure,
  run: runSbom,
};

function parsed(document: Uint8Array): unknown {
  return JSON.parse(Buffer.from(document).toString('utf8'));
}

function wrapped(predicateType: string, predicate: unknown): readonly Uint8Array[] {
  const subject = [{ name: 'app', digest: { sha256: 'ab'.repeat(32) } }];
  const statement = { _type: 'https://in-toto.io/Statement/v1', predicateType, subject, predicate };
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  const envelope = { payloadType: 'application/vnd.in-toto+json', payload, signatures: [] };
  return [statement, envelope, { dsseEnvelope: envelope }].map((value) => Buffer.from(JSON.stringify(value)));
}
