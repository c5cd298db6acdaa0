import { randomBytes, randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#base/clock.ts';
import { digestOf, hexOf } from '#base/digest.ts';
import { openFsBlobs } from '#store/blobs/index.ts';
import { openSqliteStore } from '#store/metadata/index.ts';
import { listFiles, root } from '../../../tools/lib/files.ts';
import { type RealImage, realImages, realImagesKey } from './real-images.ts';
import { seedCatalog } from './seed-catalog.ts';

const cache = join(root, '.cache/bench');
/** Of the program in the layer sets of the real images. */
const VERSION = '0.0.0';
export const ENVIRONMENT = 'shop';

/** A data folder with so many images on SQLite and files, made when it is not there yet; to be copied, never to be used itself. */
export async function preparedHome(count: number): Promise<string> {
  const key = `catalog-${count}-${recipeKey()}`;
  const folder = join(cache, key);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const real = await keptRealImages();
    const unfinished = mkdtempSync(join(cache, 'unfinished-'));
    try {
      await build(unfinished, real, count);
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    for (const old of readdirSync(cache).filter((name) => name.startsWith(`catalog-${count}-`) && name !== key)) {
      rmSync(join(cache, old), { recursive: true, force: true });
    }
  }
  return folder;
}

/** A copy to run a server over. */
export function copyHome(prepared: string, to: string): void {
  cpSync(prepared, to, { recursive: true });
}

async function build(home: string, images: readonly RealImage[], count: number): Promise<void> {
  const started = performance.now();
  const unique = (): string => randomUUID().replaceAll('-', '');
  const blobs = await openFsBlobs({ root: join(home, 'blobs'), clock: systemClock, unique });
  const store = await openSqliteStore({ path: join(home, 'plimsoll.db'), clock: systemClock, random: randomBytes });
  const seconds = (): string => ((performance.now() - started) / 1000).toFixed(0);
  try {
    const progress = (done: number): void => {
      if (done % 10_000 === 0) {
        console.log(`  ${done} images after ${seconds()} s`);
      }
    };
    await seedCatalog({ store, blobs, clock: systemClock, images, count, environment: ENVIRONMENT, progress });
  } finally {
    await store.close();
  }
  console.log(`  ${count} images written in ${seconds()} s`);
}

/** Analysed once, and kept until what they are made of changes. */
async function keptRealImages(): Promise<readonly RealImage[]> {
  const file = join(cache, `real-images-${realImagesKey()}.json`);
  if (!existsSync(file)) {
    console.log('analysing real images');
    const images = await realImages(VERSION);
    mkdirSync(cache, { recursive: true });
    writeFileSync(file, JSON.stringify(images));
  }
  return JSON.parse(readFileSync(file, 'utf8')) as readonly RealImage[];
}

/** The generator and the schema. */
function recipeKey(): string {
  const generator = ['vary.ts', 'seed-catalog.ts'].map((name) => join('bench/lib/catalog', name));
  const files = [...generator, ...listFiles('sql/sqlite', '.sql', root)];
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8'));
  return hexOf(digestOf([...texts, realImagesKey()].join('\0'))).slice(0, 12);
}
