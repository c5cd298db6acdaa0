import type { Digest } from '#base/digest.ts';
import type { Platform } from '#model/platform.ts';
import type { Shape } from './shape.ts';

/** A pointer to a blob (OCI image-spec, descriptor.md). */
export interface Descriptor {
  /** Null where old writers left it out. */
  readonly mediaType: string | null;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly annotations: ReadonlyMap<string, string>;
  readonly artifactType: string | null;
  readonly platform: Platform | null;
}

export function readDescriptor(shape: Shape): Descriptor {
  return {
    mediaType: shape.optionalString('mediaType'),
    digest: shape.digest('digest'),
    size: shape.count('size'),
    annotations: shape.stringMap('annotations'),
    artifactType: shape.optionalString('artifactType'),
    platform: readPlatform(shape.optionalShape('platform')),
  };
}

/** The members `os`, `architecture` and `variant` of a descriptor's platform or of a config; null unless both first are there. */
export function readPlatform(shape: Shape | null): Platform | null {
  const os = shape?.optionalString('os') ?? '';
  const architecture = shape?.optionalString('architecture') ?? '';
  const variant = shape?.optionalString('variant') ?? '';
  if (os === '' || architecture === '') {
    return null;
  }
  return variant === '' ? { os, architecture } : { os, architecture, variant };
}
