import { quote } from '#base/error.ts';
import { Fields } from '../../fields.ts';
import type { SbomPredicate } from '../predicate.ts';

const VERSION_PREFIX = 'SPDX-2.';

/** The head of a document in SPDX's tag-value form (SPDX 2.3 clause 6). Throws `PREDICATE_INVALID`. */
export function readTagValueHead(text: string, object: string): SbomPredicate {
  const tags = new Map<string, string>();
  let packages = 0;
  for (const line of text.split('\n')) {
    const colon = line.indexOf(': ');
    const tag = line.slice(0, Math.max(colon, 0));
    if (tag === 'PackageName') {
      packages += 1;
    }
    if (TAGS.has(tag) && !tags.has(tag)) {
      tags.set(tag, line.slice(colon + 2).trim());
    }
  }
  const fields = Fields.of(Object.fromEntries(tags), object, 'PREDICATE_INVALID', 'predicate');
  const version = fields.text('SPDXVersion');
  if (!version.startsWith(VERSION_PREFIX)) {
    throw fields.invalid('SPDXVersion', `${VERSION_PREFIX}x`, quote(version));
  }
  return {
    kind: 'sbom',
    format: 'spdx',
    specVersion: version.slice('SPDX-'.length),
    created: fields.time('Created'),
    name: fields.optionalText('DocumentName'),
    components: packages,
  };
}

const TAGS: ReadonlySet<string> = new Set(['SPDXVersion', 'Created', 'DocumentName']);
