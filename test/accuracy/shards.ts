import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Advisories } from '#assess/index.ts';
import { openAdvisories } from '#assess/index.ts';
import { data } from '../prerequisites.ts';

/** The shards of the shared export, built anew by the product. `close` removes them. */
export async function sharedShards(
  signal: AbortSignal,
): Promise<{ readonly advisories: Advisories; readonly close: () => void }> {
  const home = mkdtempSync(join(tmpdir(), 'plimsoll-accuracy-'));
  const sources = [{ provider: 'osv', place: data('osv'), ecosystems: null }];
  const clock = { now: () => Date.parse('2026-11-01T00:00:00Z') };
  const advisories = await openAdvisories({ sources, home, offline: true, clock, signal });
  return {
    advisories,
    close: () => {
      advisories.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
