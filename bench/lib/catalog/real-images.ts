import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { analyseStored } from '#assess/index.ts';
import type { WholeInventory } from '#assess/stored/inventory-schema.ts';
import { unpackInventory } from '#assess/stored/kept-inventory.ts';
import { type Digest, digestOf, hexOf } from '#base/digest.ts';
import { memoryFacts } from '#test/fixtures/layers.ts';
import { MEDIA_TYPES, writeOciLayout } from '#test/fixtures/oci-layout.ts';
import { type MemberInput, tarOf } from '#test/fixtures/tar-archive.ts';
import { data } from '#test/prerequisites.ts';
import { root } from '../../../tools/lib/files.ts';

/** A real image as the product's own analysis left it. */
export interface RealImage {
  readonly name: string;
  /** The project of its repositories. */
  readonly family: 'debian' | 'alpine' | 'other';
  readonly config: string;
  readonly layers: readonly object[];
  readonly whole: WholeInventory;
}

interface Base {
  readonly name: string;
  readonly family: RealImage['family'];
  readonly tar: Uint8Array;
}

/** How many npm packages of this checkout stand on a base. */
const APPLICATIONS = [0, 40, 110] as const;

/** Every base of the shared data, alone and with applications on it; each is read by the processes that read images for the server. */
export async function realImages(version: string): Promise<readonly RealImage[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-real-'));
  const images: RealImage[] = [];
  try {
    for (const base of bases()) {
      for (const count of APPLICATIONS) {
        const name = `${base.name}-${count}`;
        images.push(await realImage(join(folder, name), name, base, count, version));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return images;
}

async function realImage(layout: string, name: string, base: Base, count: number, version: string): Promise<RealImage> {
  const layers = [{ tar: base.tar }, ...(count === 0 ? [] : [{ tar: tarOf(applications(count)) }])];
  const platform = { os: 'linux', architecture: 'amd64' };
  const config = { User: 'app', Entrypoint: ['/app'] };
  const { images } = await writeOciLayout(layout, { tag: name, images: [{ platform, layers, config }] });
  const [image] = images;
  if (image === undefined) {
    throw new Error(`expected an image in ${layout}`);
  }
  const bytesOf = (digest: string): Buffer => readFileSync(join(layout, 'blobs/sha256', hexOf(digest as Digest)));
  const blobs = [image.config, ...image.layers];
  const analysis = await analyseStored(
    {
      reference: name,
      digest: image.manifest.digest,
      mediaType: MEDIA_TYPES.manifest,
      manifest: bytesOf(image.manifest.digest),
      blobs,
      open: (digest) => Promise.resolve(chunks(bytesOf(digest))),
    },
    { facts: memoryFacts(), version, signal: new AbortController().signal },
  );
  if (analysis.kind !== 'inventory' || analysis.content === null) {
    throw new Error(`${name} could not be analysed: ${JSON.stringify(analysis).slice(0, 500)}`);
  }
  const whole = unpackInventory(analysis.content);
  if (whole === null || whole.inventory.packages.length < 5) {
    throw new Error(`${name}: expected packages, found ${whole?.inventory.packages.length}`);
  }
  return { name, family: base.family, config: bytesOf(image.config.digest).toString(), layers: image.layers, whole };
}

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1 << 20) {
    yield await Promise.resolve(bytes.subarray(at, at + (1 << 20)));
  }
}

function bases(): readonly Base[] {
  const alpine = globSync(data('rootfs/alpine-*-x86_64.tar.gz'))
    .toSorted()
    .map((file): Base => ({ name: basename(file, '.tar.gz'), family: 'alpine', tar: gunzipSync(readFileSync(file)) }));
  const older = readdirSync(data('pkgdb'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.includes('faults'))
    .map(({ name }): Base => ({ name, family: 'other', tar: tarOf(filesOf(data(`pkgdb/${name}`))) }));
  const debian = ['bookworm', 'bullseye', 'trixie', 'sid'].map(
    (suite): Base => ({ name: `debian-${suite}`, family: 'debian', tar: tarOf(dpkgOf(suite)) }),
  );
  return [...alpine, ...older, ...debian];
}

function filesOf(folder: string): readonly MemberInput[] {
  return globSync('**', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
    .map((file) => ({ name: file.slice(folder.length + 1), content: readFileSync(file) }));
}

/** The list of packages that Debian publishes with a base image, as dpkg keeps it. */
function dpkgOf(suite: string): readonly MemberInput[] {
  const lines = readFileSync(data(`manifests/${suite}.manifest`), 'utf8')
    .trim()
    .split('\n');
  const entries = lines.map((line) => {
    const [name = '', version = ''] = line.split('\t');
    const [plain = '', architecture = 'amd64'] = name.split(':');
    return `Package: ${plain}\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: ${version}\n`;
  });
  return [
    { name: 'etc/os-release', content: readFileSync(data(`manifests/${suite}.os-release`)) },
    { name: 'var/lib/dpkg/status', content: entries.join('\n') },
  ];
}

function applications(count: number): readonly MemberInput[] {
  const files = globSync(['node_modules/*/package.json', 'node_modules/@*/*/package.json'], { cwd: root }).toSorted();
  return files
    .slice(0, count)
    .map((file) => ({ name: `srv/${dirname(file)}/package.json`, content: readFileSync(join(root, file)) }))
    .filter(({ name }) => name.length < 100);
}

/** For a cache: what the images depend on. */
export function realImagesKey(): string {
  const files = [import.meta.filename, join(root, 'package-lock.json'), data('SHA256SUMS')];
  return digestOf(files.map((file) => readFileSync(file, 'utf8')).join('\0')).slice(
    'sha256:'.length,
    'sha256:'.length + 12,
  );
}
