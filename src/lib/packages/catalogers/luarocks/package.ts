import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { PackagesError } from '../../error.ts';
import { type LuaTable, type LuaValue, parseLua } from './parse-lua.ts';
import type { Place } from './place.ts';

/** What LuaRocks writes of a rock in a tree of installed ones, and servers of none of theirs. */
const INSTALLED = 'installed';

/**
 * The rock of a folder: name and version are the folder's, licence and dependencies those of the rockspec where they are
 * literals. Throws `LIMIT_EXCEEDED`.
 */
export function readRockspec(bytes: Uint8Array, { name, version }: Place, object: string): Found {
  const { values, complete } = parseLua(bytes, object);
  const license = tableOf(values.get('description'))?.members.get('license');
  const needs = (tableOf(values.get('dependencies'))?.items ?? []).map((item) =>
    typeof item === 'string' ? dependencyName(item) : '',
  );
  const unknowns = [
    ...(complete ? [] : ['the rockspec ends inside a statement, or is not only made of literals']),
    ...(differs(values.get('package'), name) || differs(values.get('version'), version)
      ? ['the rockspec names another rock or version than its folder']
      : []),
  ];
  return {
    packages: [
      {
        type: 'luarocks',
        name,
        version,
        ...new CapabilityNames(object).of(name, withoutLua(needs), []),
        licenses: typeof license === 'string' && license.trim() !== '' ? [license.trim()] : [],
      },
    ],
    ...(unknowns.length === 0 ? {} : { unknowns }),
  };
}

/** The rocks of a tree. Throws `PACKAGE_METADATA_INVALID` for what is no manifest, and `LIMIT_EXCEEDED`. */
export function readManifest(bytes: Uint8Array, object: string): Found {
  const { values, complete } = parseLua(bytes, object);
  const repository = tableOf(values.get('repository'));
  if (repository === null) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable manifest of rocks', {
      object,
      expected: 'a table of rocks (repository)',
      found: 'none',
    });
  }
  const dependencies = tableOf(values.get('dependencies'));
  const capabilities = new CapabilityNames(object);
  const packages: PackageRecord[] = [];
  for (const { name, version, value } of versionsIn(repository)) {
    if (!(value?.items ?? []).some((item) => tableOf(item)?.members.get('arch') === INSTALLED)) {
      continue;
    }
    if (packages.length === LIMITS.packagesPerFile) {
      throw limitExceeded(object, LIMITS.packagesPerFile, 'rocks');
    }
    const needs = tableOf(tableOf(dependencies?.members.get(name))?.members.get(version))?.items ?? [];
    const names = needs.map((item) => tableOf(item)?.members.get('name')).map((each) => textOf(each).toLowerCase());
    packages.push({
      type: 'luarocks',
      name,
      version,
      ...capabilities.of(name, withoutLua(names), []),
      licenses: [],
    });
  }
  return { packages, ...(complete ? {} : { unknowns: ['the manifest ends inside a table'] }) };
}

function* versionsIn(
  repository: LuaTable,
): Generator<{ readonly name: string; readonly version: string; readonly value: LuaTable | null }, void> {
  for (const [name, versions] of repository.members) {
    for (const [version, value] of tableOf(versions)?.members ?? []) {
      if (name !== '' && version !== '') {
        yield { name, version, value: tableOf(value) };
      }
    }
  }
}

/** `lua-cjson >= 2.1`, and with the user who published it `user/rock`. */
function dependencyName(text: string): string {
  const trimmed = text.trim();
  let end = 0;
  while (end < trimmed.length && !' \t<>=~!@'.includes(trimmed.charAt(end))) {
    end += 1;
  }
  return trimmed.slice(trimmed.lastIndexOf('/', end) + 1, end).toLowerCase();
}

/** The language itself is no rock. */
function withoutLua(names: readonly string[]): readonly string[] {
  return names.filter((name) => name !== 'lua');
}

function differs(value: LuaValue | undefined, expected: string): boolean {
  return typeof value === 'string' && value.toLowerCase() !== expected.toLowerCase();
}

function tableOf(value: LuaValue | undefined): LuaTable | null {
  return typeof value === 'object' ? value : null;
}

function textOf(value: LuaValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
