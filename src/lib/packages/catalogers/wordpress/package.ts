import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames, partsOf } from '../../capability-names.ts';
import { parseHeader } from './parse-header.ts';

const FIELDS: readonly string[] = ['plugin name', 'version', 'license', 'requires plugins'];

/** A plugin; null for a file whose header names none. The name that it shows is not the one that advisories know. Throws `LIMIT_EXCEEDED`. */
export function readPlugin(bytes: Uint8Array, name: string, object: string): PackageRecord | null {
  const fields = parseHeader(bytes, FIELDS);
  if ((fields.get('plugin name') ?? '') === '') {
    return null;
  }
  const license = fields.get('license') ?? '';
  const needs = [...partsOf(fields.get('requires plugins') ?? '', ',')].map((text) => text.trim());
  return {
    type: 'wordpress-plugin',
    name,
    version: fields.get('version') ?? '',
    ...new CapabilityNames(object).of(name, needs, []),
    licenses: license === '' ? [] : [license],
  };
}
