import { isAppError, messageOf } from '#base/error.ts';
import type { DocumentRecord } from '#model/platform/records.ts';
import type { ActiveSet, Outcome } from './active.ts';
import type { DocumentsContext } from './context.ts';
import { issueText } from './issue-text.ts';
import { type InstallationDocument, keyOf } from './kinds.ts';
import { readStored } from './read.ts';
import { putTogether } from './together.ts';

/** Stored documents of one revision as they decide. What was read before is in `known`, what is read now comes into `read`, by kind, name and digest. */
export async function compileStored(
  { trustFolder }: Pick<DocumentsContext, 'trustFolder'>,
  {
    revision,
    changedAt,
    stored,
  }: Pick<ActiveSet, 'revision' | 'changedAt'> & { readonly stored: readonly DocumentRecord[] },
  {
    known,
    read,
  }: {
    readonly known: ReadonlyMap<string, InstallationDocument>;
    readonly read: Map<string, InstallationDocument>;
  },
): Promise<Outcome> {
  try {
    for (const { kind, name, digest, content } of stored) {
      const key = `${keyOf({ kind, name })} ${digest}`;
      // Files that a document of trust names may be others by now.
      const before = kind === 'Trust' ? undefined : known.get(key);
      read.set(key, before ?? (await readStored(kind, content, keyOf({ kind, name }), trustFolder)));
    }
    const { set, compiled, trust, hasEnvironments, issues } = await putTogether([...read.values()]);
    if (compiled === null) {
      return { kind: 'unusable', revision, problem: issueText(issues[0]) };
    }
    const trustRead = new Map(
      [...read.values()].flatMap((document) =>
        document.kind === 'Trust' ? [[document.name, [document.digest, document.configuration.digest]] as const] : [],
      ),
    );
    return { kind: 'usable', active: { revision, changedAt, set, compiled, trust, trustRead, hasEnvironments } };
  } catch (error) {
    if (isAppError(error)) {
      return { kind: 'unusable', revision, problem: messageOf(error) };
    }
    throw error;
  }
}
