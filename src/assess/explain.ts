import { isAppError } from '#base/error.ts';
import { ecosystemsNeeded, explainMatch } from '#lib/advisories/index.ts';
import type { Explanation } from '#model/explanation.ts';
import type { ShardReader } from '#model/ports.ts';
import type { Report } from '#model/report.ts';
import type { Advisories, ShownAdvisory } from './advisories.ts';

/** Names of one vulnerability that other advisories are asked by; those of the image are asked by all of them. */
const MAX_NAMES = 8;

/** Why an id or alias is, or is not, among the findings of a report. Takes the advisories that the image was matched with, and looks into all that are at hand. */
export async function explain(
  id: string,
  report: Report,
  advisories: Pick<Advisories, 'shard' | 'show' | 'offers'>,
): Promise<Explanation> {
  const { packages, os, builds, image } = report;
  const readers = new Map<string, ShardReader>();
  for (const { ecosystem } of ecosystemsNeeded(packages, os, builds, advisories.offers('NVD')).needed) {
    const { reader } = await advisories.shard(ecosystem);
    if (reader !== null) {
      readers.set(ecosystem, reader);
    }
  }
  const shown = await showNames(id, advisories);
  return await explainMatch(id, {
    image: { reference: image.reference, digest: image.digest, platform: image.platform },
    packages,
    os,
    builds,
    readers,
    lookUp: (name) => shown.get(name) ?? [],
    reported: report,
  });
}

/** What all advisories at hand say of the id and of its aliases. */
async function showNames(
  id: string,
  advisories: Pick<Advisories, 'show'>,
): Promise<ReadonlyMap<string, readonly ShownAdvisory[]>> {
  const shown = new Map<string, readonly ShownAdvisory[]>();
  const waiting = [id];
  for (let name = waiting.shift(); name !== undefined && shown.size < MAX_NAMES; name = waiting.shift()) {
    if (!shown.has(name)) {
      const records = await showOne(name, advisories);
      shown.set(name, records);
      waiting.push(...records.flatMap(({ record }) => record.advisory.aliases));
    }
  }
  return shown;
}

/** A shard that cannot be read is said where it is matched with; others are left out. */
async function showOne(name: string, advisories: Pick<Advisories, 'show'>): Promise<readonly ShownAdvisory[]> {
  try {
    return await advisories.show(name);
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return [];
  }
}
