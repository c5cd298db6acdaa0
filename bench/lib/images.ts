import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
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
import { manyFiles } from '#test/fixtures/many-files.ts';
import { writeLayoutIndex, writeManifest } from '#test/fixtures/oci-layout.ts';
import { root } from '../../tools/lib/files.ts';
import { type LayerFile, writeGzipLayer } from './layer-file.ts';
import { splitTree } from './split.ts';

/** An image to read, as an OCI layout on the disk. */
export interface BenchImage {
  readonly name: string;
  /** The folder of the layout. */
  readonly layout: string;
  /** The files of its layers, lowest first, all of them gzip. */
  readonly layers: readonly string[];
  readonly gzipBytes: number;
  readonly tarBytes: number;
}

export interface BenchImages {
  /** A Debian with several language runtimes, in one layer. */
  readonly large: BenchImage;
  /** The same Debian with more in it, about three times as large, in twelve layers. */
  readonly split: BenchImage;
  /** A million files of one byte, in one layer. */
  readonly many: BenchImage;
}

/** What the images are made of. A change makes them anew; `version` is raised when the code below makes other images. */
const RECIPES = {
  large: {
    version: 2,
    mmdebstrap: ['--variant=apt', '--include=nodejs,npm,python3-pip,maven,ruby-rails,skopeo,podman', 'bookworm'],
    /** So large that the start of a process and of its threads does not hide what reading layers side by side gains. */
    more: ['--include=clang,golang,openjdk-17-jdk-headless,python3-scipy,php-cli'],
    layers: 12,
    files: 1_000_000,
  },
  /** For trying out the bench itself. */
  quick: {
    version: 1,
    folders: ['node_modules/zod', 'node_modules/yaml', 'node_modules/yauzl'],
    layers: 3,
    files: 5000,
  },
} as const;

/** Of gzip: a third of the time for a tenth more. */
const FAST = 1;

/** Kept between runs, ignored by git. */
const cache = join(root, '.cache/bench');
const ENTRY = 'images.json';
const TREE = 'tree.tar';

/** The images of this recipe, built when they are not there yet; says what it does. Needs GNU tar, gzip and mmdebstrap. */
export async function benchImages(size: 'large' | 'quick'): Promise<BenchImages> {
  const recipe = JSON.stringify(RECIPES[size]);
  const key = keyOf(size, RECIPES[size]);
  const folder = join(cache, key);
  if (!existsSync(join(folder, ENTRY))) {
    console.log(`building images in ${folder}: ${recipe}`);
    await fill(folder, async (unfinished) => await build(unfinished, size));
    for (const old of readdirSync(cache).filter((name) => name.startsWith(`${size}-`) && name !== key)) {
      rmSync(join(cache, old), { recursive: true, force: true });
    }
  }
  const images = JSON.parse(readFileSync(join(folder, ENTRY), 'utf8')) as BenchImages;
  const { large, split, many } = images;
  return { large: located(folder, large), split: located(folder, split), many: located(folder, many) };
}

/** The large one alone: that of the benches when they have run here, else one like it, which takes a minute or two. Needs what they need. */
export async function largeImage(): Promise<BenchImage> {
  const { version, mmdebstrap } = RECIPES.large;
  const whole = join(cache, keyOf('large', RECIPES.large));
  if (existsSync(join(whole, ENTRY))) {
    return located(whole, (JSON.parse(readFileSync(join(whole, ENTRY), 'utf8')) as BenchImages).large);
  }
  const folder = join(cache, keyOf('one', { version, mmdebstrap, level: FAST }));
  if (!existsSync(join(folder, ENTRY))) {
    await fill(folder, async (unfinished) => {
      const image = await buildLarge(unfinished, 'large', FAST);
      rmSync(join(unfinished, TREE));
      return image;
    });
  }
  return located(folder, JSON.parse(readFileSync(join(folder, ENTRY), 'utf8')) as BenchImage);
}

function keyOf(name: string, recipe: object): string {
  return `${name}-${createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12)}`;
}

/** All of it or nothing. */
async function fill(folder: string, make: (unfinished: string) => Promise<object>): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'unfinished-'));
  try {
    writeFileSync(join(unfinished, ENTRY), JSON.stringify(await make(unfinished)));
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Paths are kept relative to the folder. */
function located(folder: string, image: BenchImage): BenchImage {
  return { ...image, layout: join(folder, image.layout), layers: image.layers.map((path) => join(folder, path)) };
}

/** The tar of its tree is left in the folder. */
async function buildLarge(folder: string, size: 'large' | 'quick', level?: number): Promise<BenchImage> {
  const tar = join(folder, TREE);
  step('a tree', () => {
    if (size === 'large') {
      run('mmdebstrap', ['--quiet', ...RECIPES.large.mmdebstrap, tar]);
    } else {
      run('tar', ['-cf', tar, '-C', root, ...RECIPES.quick.folders]);
    }
  });
  return await layout(folder, 'large', [programOutput('cat', [tar])], level);
}

async function build(folder: string, size: 'large' | 'quick'): Promise<BenchImages> {
  const tar = join(folder, TREE);
  const tree = join(folder, 'tree');
  const large = await buildLarge(folder, size);
  step('a larger tree', () => {
    if (size === 'large') {
      rmSync(tar);
      run('mmdebstrap', ['--quiet', ...RECIPES.large.more, ...RECIPES.large.mmdebstrap, tar]);
    }
    mkdirSync(tree);
    // Device nodes need root, and have no content.
    run('tar', ['-xf', tar, '-C', tree, '--exclude=./dev/*']);
  });
  const parts = splitTree(tree, RECIPES[size].layers);
  const split = await layout(
    folder,
    'split',
    parts.map((paths) => tarOf(tree, paths)),
  );
  const many = await layout(folder, 'many', [tarStream(RECIPES[size].files)]);
  rmSync(tar);
  rmSync(tree, { recursive: true });
  return { large, split, many };
}

async function layout(
  folder: string,
  name: string,
  tars: readonly AsyncIterable<Uint8Array>[],
  level?: number,
): Promise<BenchImage> {
  const start = performance.now();
  const layers: LayerFile[] = [];
  for (const tar of tars) {
    layers.push(await writeGzipLayer(join(folder, name), tar, level));
  }
  const platform = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
  const { manifest } = await writeManifest(join(folder, name), { platform }, layers);
  await writeLayoutIndex(join(folder, name), [
    { ...manifest, annotations: { 'org.opencontainers.image.ref.name': 'bench' } },
  ]);
  const sum = (of: (layer: LayerFile) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
  const image = {
    name,
    layout: name,
    layers: layers.map(({ path }) => path.slice(folder.length + 1)),
    gzipBytes: sum(({ descriptor }) => descriptor.size),
    tarBytes: sum(({ tarBytes }) => tarBytes),
  };
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const sizes = layers.map(({ descriptor }) => megabytes(descriptor.size)).join(' + ');
  console.log(`  ${name}: tar of ${megabytes(image.tarBytes)} MB, gzip of ${sizes} MB, ${seconds(start)} s`);
  return image;
}

function step(name: string, work: () => void): void {
  const start = performance.now();
  work();
  console.log(`  ${name}: ${seconds(start)} s`);
}

function seconds(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(0);
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} failed`, { cause: error });
  }
}

/** GNU tar reads the names, and leaves hard links to files of the same list as links. */
function tarOf(tree: string, paths: readonly string[]): AsyncIterable<Uint8Array> {
  const args = [
    '-cf',
    '-',
    '-C',
    tree,
    '--numeric-owner',
    '--no-recursion',
    '--null',
    '--verbatim-files-from',
    '-T',
    '-',
  ];
  return programOutput('tar', args, paths.map((path) => `${path}\0`).join(''));
}

async function* programOutput(command: string, args: readonly string[], input = ''): AsyncGenerator<Uint8Array> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((settle, reject) => child.on('error', reject).on('close', settle));
  child.stdin.end(input);
  yield* child.stdout as AsyncIterable<Uint8Array>;
  const status = await ended;
  if (status !== 0) {
    throw new Error(`${command} exited with ${status}`);
  }
}

function tarStream(files: number): AsyncIterable<Uint8Array> {
  const { content } = manyFiles(files);
  if (content.kind !== 'tar') {
    throw new Error('expected a tar');
  }
  return content.open();
}
