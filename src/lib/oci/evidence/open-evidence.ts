import { detectReference } from '../detect.ts';
import { OciError } from '../error.ts';
import { openArchive } from '../files/archive.ts';
import { openFolder } from '../files/folder.ts';
import { resolveSource } from '../files/open-file.ts';
import type { OpenOptions } from '../images/options.ts';
import { openLayoutEvidence } from './open-layout.ts';
import type { EvidenceSource } from './source.ts';

/** Why a source has nothing that a signature could be found by, and what to name instead. */
const UNSUPPORTED: Readonly<Record<'docker-archive' | 'docker' | 'podman' | 'containerd' | 'rootfs' | 'sbom', string>> =
  {
    'docker-archive': 'an archive of docker save, which has not the manifest that was signed',
    docker: 'an image of the Docker daemon, which does not keep what hangs on an image',
    podman: 'an image of podman, which does not keep what hangs on an image',
    containerd: 'an image of containerd, which does not keep what hangs on an image',
    rootfs: 'a root file system, which has no manifest',
    sbom: 'a document about an image',
  };

/**
 * Opens what a reference names for what hangs on it: a registry's repository, an OCI layout, or a tar of one. Index and
 * manifests are read and verified; platforms are chosen as in `openImages`. Throws `EVIDENCE_UNSUPPORTED` for other
 * sources, `REGISTRY_OFFLINE` where a registry would have to be asked and may not, and what `openImages` throws.
 */
export async function openEvidence(reference: string, options: OpenOptions): Promise<EvidenceSource> {
  options.signal?.throwIfAborted();
  const parsed = await detectReference(reference, options.signal);
  switch (parsed.source) {
    case 'registry': {
      // HTTP, tokens and the rest are loaded when a registry is meant.
      const { openRegistryEvidence } = await import('./open-registry.ts');
      return await openRegistryEvidence(parsed, options);
    }
    case 'oci':
      return await openLayoutEvidence(openFolder(await resolveSource(parsed.path)), parsed, options);
    case 'oci-archive':
      return await openLayoutEvidence(await openArchive(parsed.path, options), parsed, options);
    case 'docker-archive':
    case 'docker':
    case 'podman':
    case 'containerd':
    case 'rootfs':
    case 'sbom':
      throw unsupported(parsed.source, parsed.text);
  }
}

function unsupported(source: keyof typeof UNSUPPORTED, text: string): OciError {
  return new OciError('EVIDENCE_UNSUPPORTED', 'no signatures or attestations can be found here', {
    object: text,
    expected: 'an image in a registry, oci:DIR or oci-archive:FILE',
    found: UNSUPPORTED[source],
    hint: 'Name the image as its registry does, or copy it to an OCI layout together with what hangs on it.',
  });
}
