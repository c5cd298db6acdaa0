import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames, partsOf } from '../../capability-names.ts';
import { parseHeader } from './parse-header.ts';

const PLUGIN_FIELDS: readonly string[] = ['plugin name', 'version', 'license', 'requires plugins'];
const THEME_FIELDS: readonly string[] = ['theme name', 'version', 'license', 'template'];

/** What was released: neither a candidate nor a state in between. */
const RELEASE = /^[0-9]+(?:\.[0-9]+){1,2}$/;

export function toCore(version: string): PackageRecord {
  return {
    type: 'generic',
    name: 'wordpress',
    version,
    licenses: [],
    ...(RELEASE.test(version) ? { cpe: `cpe:2.3:a:wordpress:wordpress:${version}:*:*:*:*:*:*:*` } : {}),
  };
}

/** A plugin; null for a file whose header names none. The name that it shows is not the one that advisories know. Throws `LIMIT_EXCEEDED`. */
export function readPlugin(bytes: Uint8Array, name: string, object: string): PackageRecord | null {
  const fields = parseHeader(bytes, PLUGIN_FIELDS);
  if ((fields.get('plugin name') ?? '') === '') {
    return null;
  }
  const needs = [...partsOf(fields.get('requires plugins') ?? '', ',')].map((text) => text.trim());
  return toRecord('plugin', name, needs, fields, object);
}

/** A theme; null for a style sheet whose header names none. A child needs the theme that it is made of. Throws `LIMIT_EXCEEDED`. */
export function readTheme(bytes: Uint8Array, name: string, object: string): PackageRecord | null {
  const fields = parseHeader(bytes, THEME_FIELDS);
  return (fields.get('theme name') ?? '') === ''
    ? null
    : toRecord('theme', name, [fields.get('template') ?? ''], fields, object);
}

/** A plugin and a theme may have the same name: what is needed says which of them it is. */
function toRecord(
  kind: 'plugin' | 'theme',
  name: string,
  needs: readonly string[],
  fields: ReadonlyMap<string, string>,
  object: string,
): PackageRecord {
  const license = fields.get('license') ?? '';
  const needed = needs.filter((need) => need !== '' && need !== name).map((need) => `${kind}:${need}`);
  return {
    type: `wordpress-${kind}`,
    name,
    version: fields.get('version') ?? '',
    ...new CapabilityNames(object).of(name, needed, [`${kind}:${name}`]),
    licenses: license === '' ? [] : [license],
  };
}
