/** What it takes to tell a release that is finished from one that is not. */
export interface ReleaseWords {
  readonly id: string;
  readonly versionId: string;
  /** What the distribution calls it, `Fedora release 43 (Rawhide)`; may be empty. */
  readonly words: string;
}

/** Distributions without releases: a version, where they have one, is the date or the number of one package. */
const WITHOUT_RELEASES: ReadonlyMap<string, string> = new Map([
  ['arch', 'rolling'],
  ['chainguard', 'rolling'],
  ['gentoo', 'rolling'],
  ['kali', 'kali-rolling'],
  ['manjaro', 'rolling'],
  ['minimos', 'rolling'],
  ['opensuse-microos', 'tumbleweed'],
  ['opensuse-slowroll', 'slowroll'],
  ['opensuse-tumbleweed', 'tumbleweed'],
  ['void', 'rolling'],
  ['wolfi', 'rolling'],
]);

/** Words in the name of a release that is still being made. */
const UNFINISHED: readonly (readonly [id: string, words: string, name: string])[] = [
  ['centos', 'centos stream', 'stream'],
  ['fedora', 'rawhide', 'rawhide'],
  ['opensuse', 'tumbleweed', 'tumbleweed'],
  ['ubuntu', '(development branch)', 'development branch'],
];

/** What the distribution calls a release that has no number yet, or will never have one; nothing for one that is finished. */
export function rollingName({ id, versionId, words }: ReleaseWords): string | undefined {
  const lower = words.toLowerCase();
  const unfinished = UNFINISHED.find(([of, word]) => of === id && lower.includes(word));
  if (unfinished !== undefined) {
    return unfinished[2];
  }
  if (id === 'alpine' && versionId.includes('_')) {
    return 'edge';
  }
  if (id === 'debian' && versionId === '') {
    return 'testing/sid';
  }
  return WITHOUT_RELEASES.get(id);
}
