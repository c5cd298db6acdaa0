import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { acknowledged, pushBlob } from '#test/fixtures/push-image.ts';
import { basic } from '#test/fixtures/server.ts';
import { type Figure, figureLine, withinLimit } from './lib/figures.ts';
import { benchImages } from './lib/images.ts';
import { load } from './lib/load/index.ts';
import { benchOptions } from './lib/options.ts';
import { appendHistory, circumstances } from './lib/record.ts';
import { type OurServer, startOurs } from './lib/registries.ts';

/**
 * Whether pulls feel what else the server does: manifests are asked for at a fixed rate while a blob of 100 MB is pushed, one every ten seconds, and an
 * image of 850 MB that was just pushed is analysed. It lasts as long as the analysis does.
 *
 *     npm run bench -- mixed [--quick] [--program=FILE]
 */
const LIMITS = { p99: 25 } as const;
const PER_SECOND = 500;
/** Milliseconds from the beginning of one push to that of the next. An image of 850 MB is analysed in less: then it is one. */
const PUSH_EVERY = 10_000;
const REPOSITORY = 'bench/app';

const options = benchOptions();
const { large } = await benchImages(options.quick ? 'quick' : 'large');
const pushBytes = options.quick ? 1e6 : 1e8;
const server = await startOurs(options.program, 1000, 1000);
let figures: readonly Figure[];
try {
  figures = await measure(server);
} finally {
  await server.stop();
}
console.log(figures.map((figure) => figureLine(figure, !options.quick)).join('\n'));
appendHistory({ ...circumstances(options.program), bench: 'mixed', quick: options.quick, figures });
if (!options.quick && !figures.every(withinLimit)) {
  process.exitCode = 1;
}

async function measure(ours: OurServer): Promise<readonly Figure[]> {
  const { target, seeded } = ours.loaded;
  const image = await pushBlobsOf(ours);
  const rate = async (seconds: number, signal?: AbortSignal) =>
    await load(
      {
        kind: 'rate',
        target: await target(),
        path: seeded.manifest,
        headers: seeded.accept,
        perSecond: PER_SECOND,
        seconds,
        connections: 64,
      },
      signal,
    );
  await rate(options.quick ? 1 : 5);
  const alone = await rate(options.quick ? 1 : 5);
  const stop = new AbortController();
  const rated = rate(240, stop.signal);
  await sleep(500);
  const began = performance.now();
  await putManifest(ours, image);
  const pushed = pushes(ours, stop.signal);
  await analysed(ours, image);
  const seconds = (performance.now() - began) / 1000;
  stop.abort();
  const { latency, late, requests } = await rated;
  const count = await pushed;
  return [
    { name: `manifest p99 at ${PER_SECOND}/s, nothing else`, unit: 'ms', limit: null, value: alone.latency.p99 },
    {
      name: `manifest p99 at ${PER_SECOND}/s, mixed`,
      unit: 'ms',
      limit: LIMITS.p99,
      value: latency.p99,
      note: `p50 ${latency.p50.toFixed(1)}, max ${latency.max.toFixed(1)} of ${requests}; client late p99 ${late.p99.toFixed(1)} ms`,
    },
    {
      name: 'analysis beside it',
      unit: 's',
      limit: null,
      value: seconds,
      note: `${count} pushes of ${pushBytes / 1e6} MB`,
    },
  ];
}

interface Document {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

interface Ready {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** All of the image but its manifest, with which its analysis begins. */
async function pushBlobsOf({ url, admin }: OurServer): Promise<Ready> {
  const index = JSON.parse(await readFile(join(large.layout, 'index.json'), 'utf8')) as {
    readonly manifests: readonly { readonly digest: string; readonly mediaType: string }[];
  };
  const [entry] = index.manifests;
  if (entry === undefined) {
    throw new Error(`expected an image in ${large.layout}`);
  }
  const read = async (digest: string): Promise<Buffer> =>
    await readFile(join(large.layout, 'blobs', digest.replace(':', '/')));
  const bytes = await read(entry.digest);
  const { config, layers } = JSON.parse(bytes.toString()) as Document;
  for (const { digest } of [config, ...layers]) {
    await pushBlob(`${url}/v2/${REPOSITORY}`, { authorization: basic(admin) }, await read(digest));
  }
  return { ...entry, bytes };
}

async function putManifest({ url, admin }: OurServer, { digest, mediaType, bytes }: Ready): Promise<void> {
  await acknowledged(
    `${url}/v2/${REPOSITORY}/manifests/${digest}`,
    201,
    { authorization: basic(admin) },
    {
      method: 'PUT',
      headers: { 'content-type': mediaType },
      body: new Uint8Array(bytes),
    },
  );
}

/** One after the other; gives how many it were. */
async function pushes({ loaded: { target } }: OurServer, signal: AbortSignal): Promise<number> {
  const what = { repository: REPOSITORY, bytes: pushBytes, connections: 1, requests: 10_000, everyMs: PUSH_EVERY };
  const { requests } = await load({ kind: 'push', target: await target(), ...what }, signal);
  return requests;
}

/** Waits until the report has an inventory. */
async function analysed({ url, admin }: OurServer, { digest }: Ready): Promise<void> {
  const path = `${url}/api/v1/repositories/${REPOSITORY}/manifests/${digest}`;
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(path, { headers: { authorization: basic(admin) } });
    const { inventory } = (await answer.json()) as { readonly inventory: { readonly packages: number | null } | null };
    if (inventory !== null) {
      if ((inventory.packages ?? 0) < (options.quick ? 1 : 500)) {
        throw new Error(`expected many packages, found ${inventory.packages}`);
      }
      return;
    }
    if (tries > 1000) {
      throw new Error('the image was not analysed');
    }
    await sleep(200);
  }
}
