import type { PackageHash } from '#model/package.ts';

/** What the formats call an algorithm. */
interface HashNames {
  readonly cyclonedx: string;
  readonly spdx2: string;
  readonly spdx3: string;
}

/** By the name of ours. Those that a format has and others do not are read, and written nowhere. */
const HASH_NAMES: ReadonlyMap<string, HashNames> = new Map([
  ['md5', { cyclonedx: 'MD5', spdx2: 'MD5', spdx3: 'md5' }],
  ['blake3', { cyclonedx: 'BLAKE3', spdx2: 'BLAKE3', spdx3: 'blake3' }],
  ...['1', '256', '384', '512'].map((length) => {
    const spdx3 = `sha${length}`;
    return [spdx3, { cyclonedx: `SHA-${length}`, spdx2: `SHA${length}`, spdx3 }] as const;
  }),
  ...['256', '384', '512'].flatMap((length) => [
    [`sha3-${length}`, { cyclonedx: `SHA3-${length}`, spdx2: `SHA3-${length}`, spdx3: `sha3_${length}` }] as const,
    [
      `blake2b-${length}`,
      { cyclonedx: `BLAKE2b-${length}`, spdx2: `BLAKE2b-${length}`, spdx3: `blake2b${length}` },
    ] as const,
  ]),
]);

const BY_NAME: ReadonlyMap<string, string> = new Map(
  [...HASH_NAMES].flatMap(([algorithm, names]) => Object.values(names).map((name: string) => [name, algorithm])),
);

/** The hashes that a format can hold, each with its name there; values of any other form than hex of a usual length are left out. */
export function writableHashes(
  hashes: readonly PackageHash[] | undefined,
  format: keyof HashNames,
): readonly { readonly name: string; readonly value: string }[] {
  return (hashes ?? []).flatMap(({ algorithm, value }) => {
    const name = HASH_NAMES.get(algorithm)?.[format];
    return name === undefined || !/^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/.test(value)
      ? []
      : [{ name, value }];
  });
}

/** A hash as a document has it. */
export function hashOf(name: string, value: string): PackageHash {
  return { algorithm: BY_NAME.get(name) ?? name.toLowerCase(), value: value.toLowerCase() };
}
