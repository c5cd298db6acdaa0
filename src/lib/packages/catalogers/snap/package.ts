import type { PackageRecord } from '#model/package.ts';
import { decodeText } from '../../text.ts';
import { parseTopLevel } from './parse-top-level.ts';

const TEXTS: ReadonlySet<string> = new Set(['name', 'version', 'base', 'license']);
const LISTS: ReadonlySet<string> = new Set(['architectures']);
/** What a snap has for a base that needs none. */
const NO_BASE = 'none';

/** The snap that a `meta/snap.yaml` describes; a reason for what describes none. */
export function readDescription(bytes: Uint8Array): PackageRecord | string {
  const values = parseTopLevel(decodeText(bytes), TEXTS, LISTS);
  if (values === null) {
    return 'expected a YAML mapping with short texts and lists, found another';
  }
  const text = (name: string): string => values.get(name)?.[0] ?? '';
  const name = text('name');
  if (name === '') {
    return 'expected a snap with a name, found one without';
  }
  const base = text('base');
  const [architecture, ...others] = values.get('architectures') ?? [];
  return {
    type: 'snap',
    name,
    version: text('version'),
    ...(architecture === undefined || others.length > 0 ? {} : { architecture }),
    ...(base === '' || base === NO_BASE || base === name ? {} : { requires: [base] }),
    licenses: text('license') === '' ? [] : [text('license')],
  };
}
