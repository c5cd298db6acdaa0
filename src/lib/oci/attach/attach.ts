import type { Artifact, Attached } from '#model/artifact.ts';
import { detectReference } from '../detect.ts';
import { OciError } from '../error.ts';
import type { OpenOptions } from '../images/options.ts';
import type { ImageReference } from '../reference.ts';

const UNSUPPORTED: Readonly<Record<Exclude<ImageReference['source'], 'registry' | 'oci'>, string>> = {
  'oci-archive': 'a tar, which would have to be written anew',
  'docker-archive': 'an archive of docker save, which has no place for it',
  docker: 'an image of the Docker daemon, which does not keep what hangs on an image',
  podman: 'an image of podman, which does not keep what hangs on an image',
  containerd: 'an image of containerd, which does not keep what hangs on an image',
  rootfs: 'a root file system, which has no manifest',
  sbom: 'a document about an image',
};

/**
 * Attaches artifacts to manifests of the repository or layout that a reference names, where `openEvidence` and other
 * tools find them. The results are in the order of the artifacts. Blobs are written first, then manifests, then the
 * lists that lead to them. Throws `ATTACH_UNSUPPORTED`, `ATTACH_DENIED`, `ATTACH_REFUSED`, `ATTACH_FAILED` and
 * `ATTACH_UNSETTLED`, each saying what is there by then, `LIMIT_EXCEEDED` for what could not be read back, and
 * `REGISTRY_OFFLINE` where a registry may not be asked.
 */
export async function attach(
  artifacts: readonly Artifact[],
  reference: string,
  options: OpenOptions,
): Promise<readonly Attached[]> {
  options.signal?.throwIfAborted();
  const parsed = await detectReference(reference, options.signal);
  switch (parsed.source) {
    case 'registry': {
      // HTTP, tokens and the rest are loaded when a registry is meant.
      const { attachToRegistry } = await import('./to-registry.ts');
      return await attachToRegistry(artifacts, parsed, options);
    }
    case 'oci': {
      const { attachToLayout } = await import('./to-layout.ts');
      return await attachToLayout(artifacts, parsed, options);
    }
    case 'oci-archive':
    case 'docker-archive':
    case 'docker':
    case 'podman':
    case 'containerd':
    case 'rootfs':
    case 'sbom':
      throw new OciError('ATTACH_UNSUPPORTED', 'nothing can be attached here', {
        object: parsed.text,
        expected: 'an image in a registry, or oci:DIR',
        found: UNSUPPORTED[parsed.source],
        hint: 'Name the image as its registry does, or copy it to an OCI layout and name that: oci:DIR.',
      });
  }
}
