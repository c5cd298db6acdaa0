import { compareText } from '#base/compare.ts';
import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, type Need, notA } from '../../declared-packages.ts';
import { parseToml } from '../../toml/parse-toml.ts';
import { elementsOf, stringOf, type TomlTable, type TomlValue, tableOf } from '../../toml/value.ts';
import { normalizeName } from '../python/name.ts';
import { normalizeVersion } from '../python/version.ts';
import { nameOfRequirement } from './requirement.ts';

interface LockFormat {
  /** The member that lists the packages, and one that every such file has besides. */
  readonly list: string;
  readonly mark: string;
  /** True for the project itself and other folders: what is in them others could not name. */
  isLocal(item: TomlTable): boolean;
  needsOf(item: TomlTable): Iterable<Need>;
}

/** `poetry.lock` of versions 1 and 2. */
export function parsePoetryLock(bytes: Uint8Array, object: string): Found {
  return parseLock(bytes, object, {
    list: 'package',
    mark: 'metadata',
    isLocal: (item) => tableOf(item.get('source'))?.get('type') === 'directory',
    needsOf: (item) => [...(tableOf(item.get('dependencies'))?.keys() ?? [])].map(toNeed),
  });
}

/** `uv.lock` of version 1. */
export function parseUvLock(bytes: Uint8Array, object: string): Found {
  return parseLock(bytes, object, {
    list: 'package',
    mark: 'version',
    isLocal: (item) => {
      const source = tableOf(item.get('source'));
      return ['virtual', 'editable', 'directory'].some((kind) => source?.has(kind) === true);
    },
    needsOf: uvNeeds,
  });
}

/** `pdm.lock` of versions 4 and later; its dependencies are requirements. */
export function parsePdmLock(bytes: Uint8Array, object: string): Found {
  return parseLock(bytes, object, {
    list: 'package',
    mark: 'metadata',
    isLocal: (item) => item.has('path') || item.get('editable') === true,
    needsOf: (item) =>
      elementsOf(item.get('dependencies')).flatMap((element) => {
        const name = nameOfRequirement(stringOf(element) ?? '');
        return name === '' ? [] : [toNeed(name)];
      }),
  });
}

/** `pylock.toml` (PEP 751). */
export function parsePylock(bytes: Uint8Array, object: string): Found {
  return parseLock(bytes, object, {
    list: 'packages',
    mark: 'lock-version',
    isLocal: (item) => item.has('directory'),
    needsOf: (item) => elementsOf(item.get('dependencies')).flatMap(needOf),
  });
}

function parseLock(bytes: Uint8Array, object: string, format: LockFormat): Found {
  const document = parseToml(bytes, object);
  if (!document.has(format.list) && !document.has(format.mark)) {
    throw notA(object, `${format.list} or ${format.mark}`, 'neither');
  }
  const packages = new DeclaredPackages('pypi', object);
  for (const element of elementsOf(document.get(format.list))) {
    const item: TomlTable = tableOf(element) ?? new Map();
    const name = stringOf(item.get('name'));
    const version = stringOf(item.get('version'));
    if (!format.isLocal(item)) {
      if (name === null || version === null) {
        packages.passOver('without a name and a version', name ?? '');
      } else {
        packages.add({
          name: normalizeName(name),
          version: normalizeVersion(version),
          needs: format.needsOf(item),
          released: releasedOf(item),
        });
      }
    }
  }
  return packages.found();
}

/**
 * When the last of its files was uploaded, as the index said (PEP 700, which uv and PEP 751 carry over); null where one of them does not say:
 * a file may be added to a version at any time.
 */
function releasedOf(item: TomlTable): string | null {
  const files = [item.get('sdist'), ...elementsOf(item.get('sdists')), ...elementsOf(item.get('wheels'))]
    .map(tableOf)
    .filter((file) => file !== null);
  const times = files.flatMap((file) => instantOf(file.get('upload-time')) ?? []);
  return times.length < files.length ? null : (times.toSorted(compareText).at(-1) ?? null);
}

/** uv writes a text, PEP 751 a date and time of TOML. */
function instantOf(value: TomlValue | undefined): string | null {
  const text = typeof value === 'object' && 'time' in value ? value.time : stringOf(value);
  const wellFormed =
    text !== null && /^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{8,18}(?:Z|[+-][0-9]{2}:[0-9]{2})$/.test(text);
  const time = wellFormed ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** Those of extras count as well: they are in the file only where something asks for them. */
function* uvNeeds(item: TomlTable): Generator<Need, void> {
  yield* elementsOf(item.get('dependencies')).flatMap(needOf);
  for (const extra of tableOf(item.get('optional-dependencies'))?.values() ?? []) {
    yield* elementsOf(extra).flatMap(needOf);
  }
}

/** `{ name = "a" }`, of several versions with the one that is meant. */
function needOf(value: TomlValue): readonly Need[] {
  const item = tableOf(value);
  const name = stringOf(item?.get('name'));
  const version = stringOf(item?.get('version'));
  return name === null
    ? []
    : [version === null ? toNeed(name) : { ...toNeed(name), version: normalizeVersion(version) }];
}

function toNeed(name: string): Need {
  return { name: normalizeName(name) };
}
