import { isAppError } from '#base/error.ts';
import type { Platform } from '#model/platform.ts';
import { matchPlatforms, parsePlatform } from '../platform.ts';
import type { ClosurePlan } from './closure.ts';

/** The platforms, as people write them, that an index has no image for: `linux/arm64` is `linux/arm64/v8` as well. None of what is no index. */
export function missingPlatforms({ root, manifests }: ClosurePlan, wanted: readonly string[]): readonly string[] {
  if (manifests.find(({ digest }) => digest === root)?.kind !== 'index') {
    return [];
  }
  const there = manifests.flatMap(({ hangsOn, platform }) => (hangsOn === null ? [platformIn(platform)] : []));
  return wanted.filter((text) => {
    const platform = platformIn(text);
    return platform === null || matchPlatforms(there, (one) => one, platform, false).length === 0;
  });
}

/** Indexes may say anything. */
function platformIn(text: string | null): Platform | null {
  try {
    return text === null ? null : parsePlatform(text);
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
}
