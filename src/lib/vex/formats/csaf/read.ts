import { membersOf } from '#base/json/members.ts';
import type { CsafDocument } from './document.ts';
import { invalidCsaf, schemaError } from './invalid.ts';
import { refuseAimless, refuseIncompleteProfile } from './profile.ts';
import { readCsafOfFeed } from './read-feed.ts';
import { csafSchema } from './strict/schema.ts';

const SCHEMAS = { '2.0': csafSchema('2.0'), '2.1': csafSchema('2.1') } as const;

/**
 * A document of CSAF 2.0 or 2.1 that somebody hands in. Throws `VEX_INVALID` for what its JSON schema refuses, for ids that
 * nothing has or two have, products that are parts of themselves or in statuses that contradict each other, and a profile
 * `csaf_vex` without what that promises. `object` is what messages call it.
 */
export function readCsaf(value: unknown, object: string): CsafDocument {
  const version = versionOf(value);
  if (version === null) {
    throw invalidCsaf(object, 'csaf_version 2.0 or 2.1', 'none of them');
  }
  const checked = SCHEMAS[version].safeParse(value);
  if (!checked.success) {
    throw schemaError(object, checked.error.issues[0]);
  }
  const document = readCsafOfFeed(value, object);
  refuseAimless(document, object);
  refuseIncompleteProfile(document, object);
  return document;
}

function versionOf(value: unknown): keyof typeof SCHEMAS | null {
  const version = membersOf(membersOf(value)?.get('document'))?.get('csaf_version');
  return version === '2.0' || version === '2.1' ? version : null;
}
