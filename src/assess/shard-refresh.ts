import { mkdir, rm } from 'node:fs/promises';
import type { Clock } from '#base/clock.ts';
import { isAppError, messageOf } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { Log } from '#base/log.ts';
import type { AdvisoryProvider, FeedKey, HeldRecords, Refresh } from '#lib/advisories/index.ts';
import { AdvisoryError, assertNeededName } from '#lib/advisories/index.ts';
import type { FeedEntry } from '#model/ports.ts';
import type { Unknown } from '#model/unknown.ts';
import type { OpenShard } from '#store/shards/index.ts';
import { buildShard, changeShard, openShard, sweepTemporary, temporaryPath } from '#store/shards/index.ts';
import type { AdvisorySource } from './advisory-source.ts';
import type { LocalShard } from './shard-files.ts';
import { openLocalShard, shardPath, statePath } from './shard-files.ts';
import type { ShardState } from './shard-state.ts';
import { MAX_CURSOR_CHARS, writeShardState } from './shard-state.ts';

export interface RefreshContext {
  readonly provider: AdvisoryProvider;
  readonly source: AdvisorySource;
  /** Where this source's shards are. */
  readonly folder: string;
  /** The file of keys that the documents have to be signed by; null where they need not be. */
  readonly key: string | null;
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
  readonly outcome: 'built' | 'changed' | 'unchanged' | 'failed';
  readonly reader: OpenShard | null;
  readonly unknowns: readonly Unknown[];
}

/** No download or build takes so long; what is older was left by a process that died. */
const ABANDONED_MS = 6 * 3_600_000;
/** At a shard that other processes change as well. */
const ATTEMPTS = 3;

/**
 * Brings one shard up to date where that is due. Whatever goes wrong, an old shard stays in use and an unknown says so, in
 * later runs too until a look has gone well; only an abort, and a name that is no ecosystem, throw.
 */
export async function refreshShard(shard: string, context: RefreshContext): Promise<Refreshed> {
  assertNeededName(shard);
  for (let attempt = 1; ; attempt += 1) {
    const refreshed = await lookOnce(shard, context, attempt < ATTEMPTS);
    if (refreshed !== null) {
      return refreshed;
    }
  }
}

/** Null when another process put another revision in place meanwhile, and it may be tried again. */
async function lookOnce(shard: string, context: RefreshContext, mayTryAgain: boolean): Promise<Refreshed | null> {
  const local = await openLocalShard(context.folder, shard);
  if (local.problem !== null) {
    context.log.warn('an advisory shard is damaged and is built again', { shard, problem: local.problem });
  }
  if (!isDue(local, context)) {
    return { outcome: 'unchanged', reader: local.reader, unknowns: [] };
  }
  if (context.source.remote && context.offline) {
    return withoutNetwork(shard, local, context);
  }
  const names = new Map<string, string>();
  try {
    return await lookAtSource(shard, local, context, names);
  } catch (error) {
    if (context.signal.aborted) {
      local.reader?.close();
    }
    context.signal.throwIfAborted();
    if (mayTryAgain && isAppError(error) && error.code === 'SHARD_CHANGED') {
      local.reader?.close();
      return null;
    }
    const problem = [...names].reduce((text, [file, name]) => text.replaceAll(file, name), messageOf(error));
    context.log.warn('advisories could not be fetched or kept', { shard, error: problem });
    return await failed(shard, local, context, `the ${shard} advisories could not be fetched or kept: ${problem}`);
  }
}

/** A time of the last look that lies ahead proves nothing, and one that came to nothing is no look. */
function isDue(local: LocalShard, context: RefreshContext): boolean {
  if (context.force || !context.source.remote || local.reader === null || local.state === null) {
    return true;
  }
  const age = context.clock.now() - local.state.checked;
  return age < 0 || age > context.maxAgeMs || local.state.failure !== null;
}

/** What is there is used as it is. */
function withoutNetwork(shard: string, local: LocalShard, context: RefreshContext): Refreshed {
  if (local.reader === null || context.force) {
    return kept(local, `the ${shard} advisories were not fetched: this run is offline`);
  }
  const failure = local.state?.failure ?? null;
  return failure === null ? { outcome: 'unchanged', reader: local.reader, unknowns: [] } : kept(local, failure);
}

async function lookAtSource(
  shard: string,
  local: LocalShard,
  context: RefreshContext,
  names: Map<string, string>,
): Promise<Refreshed> {
  const { source, folder, clock, signal } = context;
  const path = shardPath(folder, shard);
  await mkdir(folder, { recursive: true });
  await sweepTemporary(path, clock.now() - ABANDONED_MS);
  const temporary = temporaryPath(path);
  await mkdir(temporary);
  try {
    const documents = source.open({
      temporary,
      names,
      signal,
      progress: (done, total) => context.progress(`${shard} advisories: ${megabytes(done, total)}`),
    });
    const cursor = local.state?.cursor ?? null;
    const found = await context.provider.refresh(shard, {
      documents,
      cursor,
      ...(local.reader !== null && cursor !== null && { held: heldBy(local.reader) }),
      ...(context.key !== null && { key: await readKey(context.key) }),
      now: clock.now(),
      signal,
    });
    if (found.kind === 'missing') {
      return await failed(shard, local, context, `${source.label} holds no advisories for ${shard}`);
    }
    return await apply(shard, found, local, context);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function readKey(file: string): Promise<FeedKey> {
  return { file, text: await readFileBounded(file, LIMITS.feedKeyBytes) };
}

function heldBy(reader: OpenShard): HeldRecords {
  return { newest: reader.info.newest, records: () => reader.modified() };
}

async function apply(
  shard: string,
  found: Exclude<Refresh, { readonly kind: 'missing' }>,
  local: LocalShard,
  context: RefreshContext,
): Promise<Refreshed> {
  const path = shardPath(context.folder, shard);
  const checked = context.clock.now();
  const state = stateAfter(found, local, context, checked);
  const unchanged = local.reader?.info.revision === state.revision;
  if (!unchanged && found.kind !== 'unchanged') {
    const { provider, source } = context;
    const origin = { ecosystem: shard, provider: provider.id, source: source.label, revision: state.revision, checked };
    const read = counted(found.entries, (count) => context.progress(`${shard} advisories: ${count} read`));
    const entries = found.kind === 'whole' ? readable(read, local.reader?.info.count ?? 0, source.label) : read;
    await (found.kind === 'whole'
      ? buildShard(path, origin, entries)
      : changeShard(path, origin, { base: baseOf(local), removed: found.removed, entries }));
  }
  // Only now: what a feed said of itself holds for a shard that was built from it.
  if (found.kind !== 'unchanged' || context.source.remote || local.state?.failure !== null) {
    await writeShardState(statePath(context.folder, shard), state);
  }
  const reader = openShard(path, { lastCheck: state });
  local.reader?.close();
  const built = found.kind === 'changes' ? 'changed' : 'built';
  return { outcome: unchanged ? 'unchanged' : built, reader, unknowns: [] };
}

function stateAfter(
  found: Exclude<Refresh, { readonly kind: 'missing' }>,
  local: LocalShard,
  context: RefreshContext,
  checked: number,
): ShardState {
  if (found.cursor.length > MAX_CURSOR_CHARS) {
    throw new Error(`a cursor of ${found.cursor.length} characters`);
  }
  if (found.kind !== 'unchanged') {
    return { revision: found.revision, checked, cursor: found.cursor, failure: null };
  }
  if (local.state === null) {
    throw new Error('a source found something unchanged that was not known');
  }
  // A folder on this machine is looked at by every run: saying when would only make equal reports differ.
  const known = { ...local.state, cursor: found.cursor, failure: null };
  return context.source.remote ? { ...known, checked } : known;
}

function baseOf(local: LocalShard): NonNullable<LocalShard['state']>['revision'] {
  if (local.state === null) {
    throw new Error('a source found changes of something that was not known');
  }
  return local.state.revision;
}

/** As `kept`, and said until a look goes well. */
async function failed(shard: string, local: LocalShard, context: RefreshContext, reason: string): Promise<Refreshed> {
  if (local.state !== null) {
    const state = { ...local.state, failure: reason };
    await writeShardState(statePath(context.folder, shard), state).catch((error: unknown) =>
      context.log.warn('the state of a shard could not be written', { shard, error: messageOf(error) }),
    );
  }
  return kept(local, reason);
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

/** Ends in an error when next to nothing could be read: that is another document, or one of another form, and no feed. */
async function* readable(entries: AsyncIterable<FeedEntry>, before: number, object: string): AsyncGenerator<FeedEntry> {
  let count = 0;
  let rejected: { readonly reason: string; readonly count: number } = { reason: 'nothing', count: 0 };
  for await (const entry of entries) {
    if (entry.kind === 'rejected') {
      rejected = { reason: rejected.count === 0 ? entry.reason : rejected.reason, count: rejected.count + 1 };
    } else {
      count += 1;
    }
    yield entry;
  }
  const nothing = count === 0 && (rejected.count > 0 || before > 0);
  if (nothing || (before > 0 && rejected.count > count)) {
    const expected = 'records, most of which can be read';
    const found =
      rejected.count === 0 ? 'none' : `${rejected.count} of ${count + rejected.count} that cannot: ${rejected.reason}`;
    throw new AdvisoryError('ADVISORY_FEED_INVALID', 'unreadable feed', { object, expected, found });
  }
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
