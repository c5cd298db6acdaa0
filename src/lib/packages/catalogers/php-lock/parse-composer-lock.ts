import { membersOf } from '#base/json/members.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { Found } from '#model/analyser.ts';
import { arrayAt, notA, objectAt, parseJsonObject, textAt } from '../../declared-packages.ts';
import { toPackageRecords } from '../composer/package.ts';

/** `composer.lock`: the packages of the project and those of its development. One of a folder is of the project itself. */
export function parseComposerLock(bytes: Uint8Array, object: string): Found {
  const document = parseJsonObject(bytes, object);
  if (!document.has('packages')) {
    throw notA(object, 'a list of packages', 'none');
  }
  const items = [...arrayAt(document, 'packages'), ...arrayAt(document, 'packages-dev')];
  if (items.length > LIMITS.packagesPerFile) {
    throw limitExceeded(object, LIMITS.packagesPerFile, 'packages', items.length);
  }
  const found = toPackageRecords(
    items.filter((item) => textAt(objectAt(membersOf(item) ?? new Map(), 'dist'), 'type') !== 'path'),
    object,
  );
  const packages = (found.packages ?? []).map((record) => ({ ...record, confidence: 'declared' as const }));
  return { ...found, packages };
}
