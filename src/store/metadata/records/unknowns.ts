import { isDigest } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { UNKNOWN_KINDS, type Unknown } from '#model/unknown.ts';
import { recordDamaged } from './error.ts';

export function writeUnknowns(unknowns: readonly Unknown[]): string {
  return JSON.stringify(
    unknowns.map(({ kind, path, layer, analyser, ownedBy, reason }) => ({
      kind,
      path,
      layer,
      analyser,
      ...(ownedBy === undefined ? {} : { ownedBy }),
      reason,
    })),
  );
}

/** Throws `RECORD_DAMAGED` naming `object`: an unknown that cannot be read could hide a finding. */
export function readUnknowns(text: string, object: string): readonly Unknown[] {
  const value = parsed(text, object);
  if (!Array.isArray(value)) {
    throw recordDamaged(object, 'a list of unknowns', 'something else');
  }
  return value.map((one: unknown, index) => {
    if (!isUnknown(one)) {
      throw recordDamaged(
        object,
        'an unknown with kind, path, layer, analyser and reason',
        `something else at ${index}`,
      );
    }
    return one;
  });
}

function parsed(text: string, object: string): unknown {
  try {
    return parseStrictJson(text, object);
  } catch (error) {
    throw recordDamaged(object, 'JSON', messageOf(error), error);
  }
}

const CHECKS: Readonly<Record<keyof Unknown, (value: unknown) => boolean>> = {
  kind: (value) => UNKNOWN_KINDS.some((kind) => kind === value),
  path: (value) => value === null || typeof value === 'string',
  layer: (value) => value === null || (typeof value === 'string' && isDigest(value)),
  analyser: (value) => typeof value === 'string',
  ownedBy: (value) => value === undefined || typeof value === 'string',
  reason: (value) => typeof value === 'string',
};

function isUnknown(value: unknown): value is Unknown {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const members = new Map<string, unknown>(Object.entries(value));
  return (
    Object.entries(CHECKS).every(([name, fits]) => fits(members.get(name))) &&
    [...members.keys()].every((name) => name in CHECKS)
  );
}
