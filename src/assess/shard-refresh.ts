import { mkdir, rm } from 'node:fs/promises';
import type { Clock } from '#base/clock.ts';
import { messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { assertEcosystemName, osv } from '#lib/advisories/index.ts';
import type { FeedEntry, ShardReader } from '#model/ports.ts';
import type { Unknown } from '#model/unknown.ts';
import { buildShard, openShard, sweepTemporary, temporaryPath } from '#store/shards/index.ts';
import type { AdvisorySource, Fetched } from './advisory-source.ts';
import type { LocalShard } from './shard-files.ts';
import { openLocalShard, shardPath, statePath } from './shard-files.ts';
import type { ShardState } from './shard-state.ts';
import { writeShardState } from './shard-state.ts';

export interface RefreshContext {
  readonly source: AdvisorySource;
  /** Where this source's shards are. */
  readonly folder: string;
  readonly offline: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly progress: (text: string) => void;
  readonly maxAgeMs: number;
  /** Looks at the source whether it is due or not. */
  readonly force: boolean;
}

/** One look at the source: what became of the shard, and a reader of what there is now. */
export interface Refreshed {
  readonly outcome: 'built' | 'unchanged' | 'failed';
  readonly reader: ShardReader | null;
  readonly unknowns: readonly Unknown[];
}

/** No download or build takes so long; what is older was left by a process that died. */
const ABANDONED_MS = 6 * 3_600_000;

/**
 * Brings the shard of one ecosystem up to date where that is due. Whatever goes wrong, an old shard stays in use and an
 * unknown says so; only an abort, and a name that is no ecosystem, throw.
 */
export async function refreshShard(ecosystem: string, context: RefreshContext): Promise<Refreshed> {
  assertEcosystemName(ecosystem);
  const local = await openLocalShard(context.folder, ecosystem);
  if (local.problem !== null) {
    context.log.warn('an advisory shard is damaged and is built again', { ecosystem, problem: local.problem });
  }
  if (!isDue(local, context)) {
    return { outcome: 'unchanged', reader: local.reader, unknowns: [] };
  }
  if (context.source.remote && context.offline) {
    return local.reader !== null && !context.force
      ? { outcome: 'unchanged', reader: local.reader, unknowns: [] }
      : kept(local, `the ${ecosystem} advisories were not fetched: this run is offline`);
  }
  try {
    return await lookAtSource(ecosystem, local, context);
  } catch (error) {
    if (context.signal.aborted) {
      local.reader?.close();
    }
    context.signal.throwIfAborted();
    context.log.warn('advisories could not be fetched or kept', { ecosystem, error: messageOf(error) });
    return kept(local, `the ${ecosystem} advisories could not be fetched or kept: ${messageOf(error)}`);
  }
}

/** A time of the last look that lies ahead proves nothing. */
function isDue(local: LocalShard, context: RefreshContext): boolean {
  if (context.force || !context.source.remote || local.reader === null || local.state === null) {
    return true;
  }
  const age = context.clock.now() - local.state.checked;
  return age < 0 || age > context.maxAgeMs;
}

async function lookAtSource(ecosystem: string, local: LocalShard, context: RefreshContext): Promise<Refreshed> {
  const { source, folder } = context;
  const path = shardPath(folder, ecosystem);
  await mkdir(folder, { recursive: true });
  await sweepTemporary(path, context.clock.now() - ABANDONED_MS);
  const temporary = temporaryPath(path);
  try {
    const fetched = await source.fetch(ecosystem, {
      known: local.state?.validator ?? null,
      temporary,
      signal: context.signal,
      progress: (done, total) => context.progress(`${ecosystem} advisories: ${megabytes(done, total)}`),
    });
    if (fetched.kind === 'missing') {
      return kept(local, `${source.label} holds no advisories for ${ecosystem}`);
    }
    return await applyFetched(ecosystem, fetched, local, context);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function applyFetched(
  ecosystem: string,
  fetched: Exclude<Fetched, { readonly kind: 'missing' }>,
  local: LocalShard,
  context: RefreshContext,
): Promise<Refreshed> {
  const path = shardPath(context.folder, ecosystem);
  const checked = context.clock.now();
  const state = stateAfter(fetched, local, context.source.remote, checked);
  const unchanged = local.reader !== null && local.reader.info.revision === state.revision;
  if (!unchanged && fetched.kind === 'archive') {
    const entries = osv.read(fetched.path, { ecosystem, signal: context.signal });
    await buildShard(
      path,
      { ecosystem, source: context.source.label, revision: state.revision, checked },
      counted(entries, (count) => context.progress(`${ecosystem} advisories: ${count} read`)),
    );
  }
  if (fetched.kind === 'archive' || context.source.remote) {
    await writeShardState(statePath(context.folder, ecosystem), state);
  }
  const reader = openShard(path, { lastCheck: state });
  local.reader?.close();
  return { outcome: unchanged ? 'unchanged' : 'built', reader, unknowns: [] };
}

function stateAfter(
  fetched: Exclude<Fetched, { readonly kind: 'missing' }>,
  local: LocalShard,
  remote: boolean,
  checked: number,
): ShardState {
  if (fetched.kind === 'archive') {
    return { revision: fetched.revision, checked, validator: fetched.validator };
  }
  if (local.state === null) {
    throw new Error('a source found something unchanged that was not known');
  }
  // A folder on this machine is looked at by every run: saying when would only make equal reports differ.
  return remote ? { ...local.state, checked } : local.state;
}

/** What there is stays in use, and is stale; where there is nothing, nothing can be matched. */
function kept(local: LocalShard, reason: string): Refreshed {
  const [kind, using] =
    local.reader === null
      ? (['no-advisories', ''] as const)
      : (['stale-advisories', '; an older copy was used'] as const);
  const unknown: Unknown = { kind, path: null, layer: null, analyser: 'advisories', reason: `${reason}${using}` };
  return { outcome: 'failed', reader: local.reader, unknowns: [unknown] };
}

const COUNT_STEP = 1000;

async function* counted(
  entries: AsyncIterable<FeedEntry>,
  progress: (count: number) => void,
): AsyncGenerator<FeedEntry> {
  let count = 0;
  for await (const entry of entries) {
    count += 1;
    if (count % COUNT_STEP === 0) {
      progress(count);
    }
    yield entry;
  }
}

function megabytes(done: number, total: number | null): string {
  const whole = total === null ? '' : ` of ${(total / 1e6).toFixed(1)}`;
  return `${(done / 1e6).toFixed(1)}${whole} MB`;
}
