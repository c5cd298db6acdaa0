import { buildkitAttestation } from './buildkit-attestation/index.ts';
import { cosignAttestation } from './cosign-attestation/index.ts';
import { cosignSignature } from './cosign-signature/index.ts';
import type { EvidenceFormat } from './format.ts';
import { inToto } from './in-toto/index.ts';
import { notation } from './notation/index.ts';
import { sigstoreBundle } from './sigstore-bundle/index.ts';

/** Every evidence format, sorted by id: all that recognise an attachment are asked. Adding one is a folder, and a line here. */
export const evidenceFormats: readonly EvidenceFormat[] = [
  buildkitAttestation,
  cosignAttestation,
  cosignSignature,
  inToto,
  notation,
  sigstoreBundle,
];
