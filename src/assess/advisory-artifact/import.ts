import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Digest } from '#base/digest.ts';
import { assertNeededName } from '#lib/advisories/index.ts';
import { type OpenedArtifact, openArtifact } from '#lib/oci/index.ts';
import { replaceFile, sweepTemporary, temporaryPath } from '#store/shards/index.ts';
import { type ConfiguredSource, configureSource } from '../configured-source.ts';
import { openLocalShard, shardPath, statePath } from '../shard-files.ts';
import { type ShardArtifact, type ShardState, writeShardState } from '../shard-state.ts';
import { openOptions } from '../sign.ts';
import { verifyArtifact } from '../signed-artifact/verify.ts';
import type { TrustSource } from '../trust.ts';
import type { MovingContext } from './context.ts';
import { AdvisoryArtifactError } from './error.ts';
import { isMeant } from './export.ts';
import { type ArtifactShard, readManifest } from './manifest.ts';
import { type Decision, decide } from './newer.ts';
import { unpackShard } from './unpack.ts';

export interface ImportOptions extends MovingContext {
  readonly offline: boolean;
  /** Null trusts nobody. */
  readonly trust: TrustSource | null;
  /** Why no signature is asked for; null asks for it. */
  readonly unverified: string | null;
  /** Takes older shards too. */
  readonly force: boolean;
}

export interface ImportReport {
  readonly reference: string;
  readonly digest: Digest;
  /** Why no signature was asked for; null where one was verified. */
  readonly unverified: string | null;
  readonly shards: readonly ImportedShard[];
}

export interface ImportedShard {
  readonly ecosystem: string;
  readonly provider: string;
  /**
   * `taken`: it was fetched and is in use. `confirmed`, `unchanged`: it is here already, looked at earlier or not. `kept`: what is
   * here is newer, and stays. `no-source`: none is configured for its provider, and no scan would find it.
   */
  readonly outcome: Decision | 'no-source';
  readonly count: number;
  /** Milliseconds UTC; of the artifact. */
  readonly newest: number;
  readonly checked: number;
  /** Bytes that were fetched. */
  readonly fetched: number;
}

/**
 * Takes over the shards of an artifact, all or those that have what is named: only layers that differ from what is here are
 * fetched. Nothing is put in place before all of it has been fetched and verified. Throws `ADVISORY_ARTIFACT_INVALID`,
 * `ADVISORY_ARTIFACT_UNVERIFIED`, and what opening and unpacking throw; what is here is then as it was.
 */
export async function importAdvisories(
  reference: string,
  needed: readonly string[],
  options: ImportOptions,
): Promise<ImportReport> {
  const { offline, unverified } = options;
  needed.forEach(assertNeededName);
  const artifact = await openArtifact(reference, { ...(await openOptions(options)), offline });
  try {
    const shards = readManifest(artifact, options.clock.now());
    if (unverified === null) {
      await verifyArtifact(artifact, options, {
        what: 'advisories',
        hint: '--allow-unverified REASON takes what anybody may have written.',
        error: (problem, detail) => new AdvisoryArtifactError('ADVISORY_ARTIFACT_UNVERIFIED', problem, detail),
      });
    }
    const origin = { reference: artifact.reference, digest: artifact.digest, unverified };
    return { ...origin, shards: await takeOver(shards, needed, artifact, origin, options) };
  } finally {
    await artifact.close();
  }
}

/** A shard with the place that is its own on this machine. */
interface Planned {
  readonly shard: ArtifactShard;
  readonly folder: string;
  readonly decision: Decision;
  /** Of what is here. */
  readonly state: ShardState | null;
  /** Where it lies until all are there. */
  readonly temporary: string;
}

async function takeOver(
  shards: readonly ArtifactShard[],
  needed: readonly string[],
  artifact: OpenedArtifact,
  origin: ShardArtifact,
  options: ImportOptions,
): Promise<readonly ImportedShard[]> {
  const sources = options.sources.map((setting) => configureSource(setting, options));
  const reports: ImportedShard[] = [];
  const planned: Planned[] = [];
  try {
    for (const shard of shards) {
      const source = sourceOf(shard, sources);
      if (source === null) {
        reports.push(reportOf(shard, 'no-source'));
      } else if (
        needed.length === 0 ||
        needed.some((name) => isMeant({ shard: shard.claims.ecosystem, source }, name))
      ) {
        const plan = await planShard(shard, source.folder, options);
        planned.push(plan);
        await fetchShard(plan, artifact, options);
        reports.push(reportOf(shard, plan.decision));
      }
    }
    options.signal.throwIfAborted();
    for (const plan of planned) {
      await install(plan, origin);
    }
    return reports;
  } finally {
    for (const { temporary } of planned) {
      await rm(temporary, { force: true });
    }
  }
}

/** The source that a scan asks for what is in a shard. */
function sourceOf({ claims }: ArtifactShard, sources: readonly ConfiguredSource[]): ConfiguredSource | null {
  const own = sources.filter(({ provider }) => provider.id === claims.provider);
  return own.find((source) => source.shardFor(claims.ecosystem) === claims.ecosystem) ?? own[0] ?? null;
}

async function planShard(shard: ArtifactShard, folder: string, { force }: ImportOptions): Promise<Planned> {
  const local = await openLocalShard(folder, shard.claims.ecosystem);
  local.reader?.close();
  const decision = decide(shard, local.reader?.info ?? null, force);
  const { state } = local;
  return { shard, folder, decision, state, temporary: temporaryPath(shardPath(folder, shard.claims.ecosystem)) };
}

/** No import takes so long; what is older was left by a process that died. */
const ABANDONED_MS = 6 * 3_600_000;

async function fetchShard(
  { shard, folder, decision, temporary }: Planned,
  artifact: OpenedArtifact,
  { clock, signal, progress }: ImportOptions,
): Promise<void> {
  if (decision === 'taken') {
    const { ecosystem } = shard.claims;
    await mkdir(dirname(temporary), { recursive: true });
    await sweepTemporary(shardPath(folder, ecosystem), clock.now() - ABANDONED_MS);
    await unpackShard(shard, artifact, temporary, signal, (done, total) =>
      progress(`${ecosystem} advisories: ${(done / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`),
    );
  }
}

async function install(
  { shard, folder, decision, state: before, temporary }: Planned,
  origin: ShardArtifact,
): Promise<void> {
  const { ecosystem, revision } = shard.claims;
  if (decision === 'taken') {
    await replaceFile(temporary, shardPath(folder, ecosystem));
  }
  if (decision === 'taken' || decision === 'confirmed') {
    // What the exporter was told by its source may mean nothing to the one of this machine.
    const cursor = decision === 'taken' ? null : (before?.cursor ?? null);
    const state: ShardState = { revision, checked: shard.checked, cursor, failure: null, origin };
    await writeShardState(statePath(folder, ecosystem), state);
  }
}

function reportOf({ claims, checked, layer }: ArtifactShard, outcome: ImportedShard['outcome']): ImportedShard {
  const { ecosystem, provider, count, newest } = claims;
  return { ecosystem, provider, outcome, count, newest, checked, fetched: outcome === 'taken' ? layer.size : 0 };
}
