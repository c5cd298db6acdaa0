import { OciError } from '../error.ts';
import type { OpenOptions } from '../images/options.ts';
import { type ImageReference, parseReference } from '../reference.ts';
import { type FileArtifact, manifestOf, type StoredArtifact } from './artifact.ts';

/** What is to happen to an artifact once all of it is there and before it gets its name: it is signed. */
export type BeforeNaming = (stored: StoredArtifact) => Promise<void>;

/**
 * Puts an artifact where a reference says: a registry, `oci:DIR` (made where it is not there) or `oci-archive:FILE` (written
 * anew, all at once). The tag is moved last, so that whoever asks for it finds what is whole and signed. Throws
 * `ARTIFACT_UNSUPPORTED`, `REGISTRY_OFFLINE`, `LIMIT_EXCEEDED`, what `before` throws, and as attaching does `ATTACH_DENIED`,
 * `ATTACH_REFUSED` and `ATTACH_FAILED`.
 */
export async function pushArtifact(
  artifact: FileArtifact,
  text: string,
  options: OpenOptions,
  before: BeforeNaming,
): Promise<StoredArtifact> {
  options.signal?.throwIfAborted();
  const reference = parseReference(text);
  const manifest = manifestOf(artifact);
  if ('digest' in reference && reference.digest !== null) {
    throw unsupported(reference, 'a digest, which the artifact has of its own');
  }
  switch (reference.source) {
    case 'registry': {
      // HTTP, tokens and the rest are loaded when a registry is meant.
      const { pushToRegistry } = await import('./to-registry.ts');
      return await pushToRegistry(artifact, manifest, reference, options, before);
    }
    case 'oci': {
      const { pushToLayout } = await import('./to-layout.ts');
      return await pushToLayout(artifact, manifest, reference, options, before);
    }
    case 'oci-archive': {
      const { pushToArchive } = await import('./to-archive.ts');
      return await pushToArchive(artifact, manifest, reference, options, before);
    }
    case 'docker-archive':
    case 'docker':
    case 'podman':
    case 'containerd':
    case 'rootfs':
    case 'sbom':
      throw unsupported(reference, 'a place for images alone');
  }
}

function unsupported({ text }: ImageReference, found: string): OciError {
  return new OciError('ARTIFACT_UNSUPPORTED', 'no artifact can be put here', {
    object: text,
    expected: 'NAME[:TAG] of a registry, oci:DIR[:TAG] or oci-archive:FILE[:TAG]',
    found,
  });
}
