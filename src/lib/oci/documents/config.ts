import { type Digest, parseDigest } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { HistoryEntry, ImageConfig } from '#model/image.ts';
import type { Platform } from '#model/platform.ts';
import { readPlatform } from './descriptor.ts';
import { Shape } from './shape.ts';

/** An image config (OCI image-spec, config.md) and the platform that it is for. */
export interface ConfigDocument {
  readonly config: ImageConfig;
  readonly platform: Platform | null;
}

export function parseConfig(bytes: Uint8Array, object: string): ConfigDocument {
  const shape = new Shape(parseStrictJson(bytes, object), object);
  const run = shape.optionalShape('config');
  return {
    config: {
      ...optional('created', shape.optionalString('created')),
      ...optional('author', shape.optionalString('author')),
      ...optional('user', run?.optionalString('User')),
      ...optional('workingDir', run?.optionalString('WorkingDir')),
      env: run?.strings('Env') ?? [],
      entrypoint: run?.strings('Entrypoint') ?? [],
      cmd: run?.strings('Cmd') ?? [],
      exposedPorts: run?.names('ExposedPorts') ?? [],
      labels: Object.fromEntries(run?.stringMap('Labels') ?? []),
      history: readHistory(shape),
      diffIds: readDiffIds(shape),
    },
    platform: readPlatform(shape),
  };
}

/**
 * The `created_by` of each layer: history lists every build step, those that made no layer marked. Nulls where there is
 * no history, or one for another number of layers.
 */
export function createdByOf(history: readonly HistoryEntry[], layers: number): readonly (string | null)[] {
  const steps = history.filter((step) => !step.emptyLayer);
  return Array.from({ length: layers }, (_, index) =>
    steps.length === layers ? (steps[index]?.createdBy ?? null) : null,
  );
}

function readHistory(shape: Shape): readonly HistoryEntry[] {
  if (!shape.has('history')) {
    return [];
  }
  return shape.shapes('history').map((step) => ({
    ...optional('created', step.optionalString('created')),
    ...optional('createdBy', step.optionalString('created_by')),
    ...optional('comment', step.optionalString('comment')),
    emptyLayer: step.flag('empty_layer'),
  }));
}

function readDiffIds(shape: Shape): readonly Digest[] {
  const rootfs = shape.optionalShape('rootfs');
  const ids = rootfs?.strings('diff_ids') ?? [];
  if (ids.length > LIMITS.imageLayers) {
    throw limitExceeded(`${shape.object}, rootfs, diff_ids`, LIMITS.imageLayers, 'entries', ids.length);
  }
  return ids.map((id, index) => parseDigest(id, `${shape.object}, rootfs, diff_ids[${index}]`));
}

/** An optional member, left out when it is absent or empty. */
function optional<Name extends string>(
  name: Name,
  value: string | null | undefined,
): { readonly [N in Name]?: string } {
  return value === null || value === undefined || value === ''
    ? {}
    : ({ [name]: value } as { readonly [N in Name]?: string });
}
