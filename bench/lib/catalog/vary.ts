import type { WholeInventory } from '#assess/stored/inventory-schema.ts';
import { compareText } from '#base/compare.ts';
import { type Digest, digestOf } from '#base/digest.ts';
import type { Package } from '#model/package.ts';
import { type Random, randomOf } from '#test/fixtures/random.ts';
import type { RealImage } from './real-images.ts';

/** One image of the catalogue: a real one with a few of its packages left out and others in another version. */
export interface VariedImage {
  readonly real: RealImage;
  readonly number: number;
  readonly repository: string;
  readonly tag: string;
  readonly layerSet: Digest;
  readonly whole: WholeInventory;
  /** Sorted, each once. */
  readonly packages: readonly string[];
}

/** Of a hundred images so many are of Debian; an advisory about a package that all of these hold is about as many. */
const DEBIAN_PERCENT = 80;
/** Tags of one repository. */
const TAGS = 20;
const PROJECTS = 50;
const LEFT_OUT_PERCENT = 4;
const CHANGED_PERCENT = 25;
/** So many versions of a package besides its real one. */
const VERSIONS = 6;

/** The image of this number is always the same. */
export function variedImage(images: readonly RealImage[], number: number): VariedImage {
  const random = randomOf(number + 1);
  const isDebian = random.percent(DEBIAN_PERCENT);
  const [first, ...more] = images.filter(({ family }) => (family === 'debian') === isDebian);
  if (first === undefined) {
    throw new Error('expected real images of Debian and others');
  }
  const real = random.pick([first, ...more]);
  const packages = varied(real.whole.inventory.packages, random);
  const repositoryNumber = Math.floor(number / TAGS);
  return {
    real,
    number,
    repository: `team${repositoryNumber % PROJECTS}/service${repositoryNumber}`,
    tag: `1.${number % TAGS}`,
    layerSet: digestOf(`layer set ${number}`),
    whole: { ...real.whole, inventory: { ...real.whole.inventory, packages } },
    packages: [...new Set(packages.map(({ purl }) => purl))].toSorted(compareText),
  };
}

function varied(packages: readonly Package[], random: Random): readonly Package[] {
  const kept: (readonly [Package, Package])[] = [];
  for (const one of packages) {
    if (!random.percent(LEFT_OUT_PERCENT) || isKept(one)) {
      kept.push([one, random.percent(CHANGED_PERCENT) ? withVersion(one, random.integer(VERSIONS)) : one]);
    }
  }
  const purls = new Map(kept.map(([before, after]) => [before.purl, after.purl]));
  return kept.map(([, { dependsOn, ...rest }]) =>
    dependsOn === undefined ? rest : { ...rest, dependsOn: dependsOn.flatMap((purl) => purls.get(purl) ?? []) },
  );
}

/** What the advisory of the bench is about stays in every image that has it. */
function isKept({ name }: Package): boolean {
  return name === 'libc6' || name === 'musl';
}

/** The last number of the version is another one; versions that do not end with one stay. */
function withVersion(one: Package, by: number): Package {
  const at = one.purl.indexOf('?') === -1 ? one.purl.length : one.purl.indexOf('?');
  const last = /[0-9]+$/;
  const before = one.purl.slice(0, at);
  if (!last.test(one.version) || !last.test(before) || /%[0-9A-F]{2}$/.test(before)) {
    return one;
  }
  const more = (text: string): string => text.replace(last, (digits) => String(Number(digits) + by));
  return { ...one, version: more(one.version), purl: more(before) + one.purl.slice(at) };
}
