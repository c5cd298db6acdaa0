import { holdsBareStatements, readBareStatements } from '../bare-statements.ts';
import type { EvidenceFormat } from '../format.ts';

/**
 * What BuildKit puts into an image index beside the image: provenance and SBOM as bare statements. The index's digest
 * covers them, so they are what the builder pushed with the image; nobody signed them all the same.
 */
export const buildkitAttestation: EvidenceFormat = {
  id: 'buildkit-attestation',
  capabilities: {
    title: 'BuildKit attestation',
    signed: false,
    kinds: ['attestation'],
    found: 'entries of the image index with annotation vnd.docker.reference.type: attestation-manifest',
    specification: 'moby/buildkit docs/attestations/attestation-storage.md',
  },
  recognises: (attachment) => attachment.route === 'index-entry' && holdsBareStatements(attachment),
  read: (attachment) => readBareStatements(attachment, 'buildkit-attestation'),
};
