import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from '#base/error.ts';
import { assertNeededName, baseEcosystem } from '#lib/advisories/index.ts';
import type { ShardInfo } from '#model/ports.ts';
import { openShard } from '#store/shards/index.ts';
import { type ConfiguredSource, configureSource } from '../configured-source.ts';
import { folderForArchives } from '../folders.ts';
import { shardPath, shardsIn, statePath } from '../shard-files.ts';
import { readShardState, type ShardArtifact } from '../shard-state.ts';
import { type PushedArtifact, pushSigned } from '../signed-artifact/push.ts';
import type { SigningOptions } from '../signing.ts';
import type { MovingContext } from './context.ts';
import { AdvisoryArtifactError } from './error.ts';
import { ARTIFACT_TYPE, keyOf } from './manifest.ts';
import { type PackedShard, packShard } from './pack.ts';

export interface ExportOptions extends MovingContext {
  /** Null leaves the artifact unsigned. */
  readonly signing: SigningOptions | null;
}

export interface ExportReport extends PushedArtifact {
  readonly shards: readonly ExportedShard[];
}

export interface ExportedShard {
  readonly info: ShardInfo;
  /** As it is sent, compressed. */
  readonly bytes: number;
}

interface LocalPlace {
  readonly folder: string;
  readonly shard: string;
}

/**
 * Packs the shards that are kept of the configured sources into one artifact, all or those that have what is named, puts it
 * where the reference says and signs it there before it has its name. Throws `ADVISORY_ARTIFACT_EMPTY`, and what opening shards
 * and keys, putting the artifact there and signing throw.
 */
export async function exportAdvisories(
  reference: string,
  needed: readonly string[],
  options: ExportOptions,
): Promise<ExportReport> {
  const { home, log } = options;
  const places = await placesOf(needed, options);
  const folder = await mkdtemp(join(await folderForArchives(home, log), 'advisories-'));
  try {
    const packed: PackedShard[] = [];
    for (const place of places) {
      options.progress(`${place.shard} advisories: packing`);
      packed.push(await packLocal(place, folder, options));
    }
    const artifact = {
      artifactType: ARTIFACT_TYPE,
      annotations: new Map<string, string>(),
      layers: packed.map(({ file }) => file),
    };
    const pushed = await pushSigned(artifact, reference, options);
    return { ...pushed, shards: packed.map(({ info, file }) => ({ info, bytes: file.size })) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function packLocal(
  { folder: from, shard }: LocalPlace,
  folder: string,
  { signal, signing }: ExportOptions,
): Promise<PackedShard> {
  const state = await readShardState(statePath(from, shard));
  const infoOf = (copy: string): ShardInfo => {
    const reader = openShard(copy, state === null ? {} : { lastCheck: state });
    reader.close();
    return reader.info;
  };
  const packed = await packShard(shardPath(from, shard), folder, infoOf, signal);
  if (signing !== null && state?.revision === packed.info.revision) {
    assertVouchedFor(shard, state.origin);
  }
  return packed;
}

/** Who signs vouches for it: what was taken without a signature is not to get one on the way. */
function assertVouchedFor(shard: string, origin: ShardArtifact | undefined): void {
  if (origin !== undefined && origin.unverified !== null) {
    throw new AdvisoryArtifactError('ADVISORY_ARTIFACT_UNVERIFIED', 'nobody has vouched for these advisories', {
      object: `${shard} of ${origin.reference}`,
      expected: 'what was fetched here, or imported with a signature',
      found: `taken without one: ${quote(origin.unverified)}`,
      hint: 'plimsoll advisories update fetches them from their source. Without a key they are exported as they are.',
    });
  }
}

/** Where the shards are, sorted; of two sources of a provider that keep one shard, the first has it. */
async function placesOf(needed: readonly string[], options: MovingContext): Promise<readonly LocalPlace[]> {
  const sources = options.sources.map((setting) => configureSource(setting, options));
  const places = new Map<string, LocalPlace & { readonly source: ConfiguredSource }>();
  for (const source of sources) {
    for (const shard of await shardsIn(source.folder)) {
      const key = keyOf({ provider: source.provider.id, ecosystem: shard });
      places.set(key, places.get(key) ?? { folder: source.folder, shard, source });
    }
  }
  for (const name of needed) {
    assertNeededName(name);
    if (![...places.values()].some((place) => isMeant(place, name))) {
      throw nothing(`no ${quote(name)} advisories here`, name);
    }
  }
  const meant = [...places].filter(([, place]) => needed.length === 0 || needed.some((name) => isMeant(place, name)));
  if (meant.length === 0) {
    throw nothing('no advisories of the configured sources here', 'ECOSYSTEM…');
  }
  return meant.toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, place]) => place);
}

/** A shard is meant by its own name, without release by that of its ecosystem, and by that of whatever its source keeps in it. */
export function isMeant(
  { shard, source }: { readonly shard: string; readonly source: Pick<ConfiguredSource, 'shardFor'> },
  name: string,
): boolean {
  return shard === name || baseEcosystem(shard) === name || source.shardFor(name) === shard;
}

function nothing(problem: string, name: string): AdvisoryArtifactError {
  return new AdvisoryArtifactError('ADVISORY_ARTIFACT_EMPTY', problem, {
    expected: 'what an update has fetched',
    found: 'none',
    hint: `plimsoll advisories update ${name} fetches them; plimsoll advisories status lists what is here.`,
  });
}
