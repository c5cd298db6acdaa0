import type { FeedEntry } from '#model/ports.ts';
import type { Refresh, RefreshRequest } from '../providers/provider.ts';
import type { FeedMember } from './member.ts';
import { readMembers } from './read-members.ts';

/** Where the members of a document are, and what they are. */
export interface MembersOf {
  readonly path: string;
  /** The name of the array of members. */
  readonly place: string;
  /** `object` names the document in errors. */
  readonly read: (members: AsyncIterable<FeedMember>, object: string) => AsyncIterable<FeedEntry>;
}

/** The refresh of a shard that is one JSON document; its cursor is that document's validator. */
export async function refreshMembers(
  { documents, cursor, signal, limits }: RefreshRequest,
  { path, place, read }: MembersOf,
): Promise<Refresh> {
  const found = await documents.get(path, { validator: cursor });
  if (found.kind === 'missing') {
    return found;
  }
  if (found.kind === 'unchanged') {
    return { kind: 'unchanged', cursor: cursor ?? '' };
  }
  const object = `${documents.label}/${path}`;
  const options = { object, place: [place], signal, ...(limits === undefined ? {} : { limits }) };
  const entries = read(readMembers(found.path, options), object);
  return { kind: 'whole', revision: found.digest, cursor: found.validator ?? '', entries };
}
