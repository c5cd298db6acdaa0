import { quote } from '#base/error.ts';
import { decide, loadTagPatterns } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { DetailsChange, RepositoryDetails } from '#model/platform/judgement.ts';
import { type CatalogContext, repositoryEvent } from '../context.ts';
import { DetailsError } from './error.ts';

const MAX_OWNER = 200;
const MAX_DESCRIPTION = 4000;
const MAX_LABELS = 64;
const MAX_LABEL_VALUE = 256;
const MAX_PATTERNS = 32;

/**
 * Says who answers for a repository, what it is and which of its tags are never moved. Who may push may do so; rules for tags are for who administers the
 * repository. What is said now. Throws `DetailsError`.
 */
export async function describeRepository(
  context: Pick<CatalogContext, 'store' | 'clock' | 'random'>,
  actor: Subject,
  name: string,
  change: DetailsChange,
): Promise<RepositoryDetails> {
  const decision = decide(actor, change.immutableTags === undefined ? 'push' : 'administer', { repository: name });
  if (decision.kind === 'no') {
    throw new DetailsError('DETAILS_DENIED', 'not allowed', { object: quote(name), found: decision.message });
  }
  await assertSound(change);
  const now = context.clock.now();
  return await context.store.transaction(async (records) => {
    const repository = await records.repositories.find(name);
    if (repository === null) {
      throw new DetailsError('DETAILS_REPOSITORY_UNKNOWN', 'no such repository', { object: quote(name) });
    }
    const details = await records.catalog.setDetails(repository, change, actor.id, now);
    const data = { change: Object.keys(change).toSorted().join(', ') };
    const event = repositoryEvent(context, repository, '', { type: 'repository.changed.v1', actor: actor.id, data });
    await records.events.append({ ...event, subject: name });
    return details;
  });
}

async function assertSound({ owner, description, labels, immutableTags }: DetailsChange): Promise<void> {
  assertText('owner', owner ?? '', MAX_OWNER);
  assertText('description', description ?? '', MAX_DESCRIPTION);
  const entries = Object.entries(labels ?? {});
  if (entries.length > MAX_LABELS) {
    throw invalid('labels', `at most ${MAX_LABELS}`, `${entries.length}`);
  }
  for (const [key, value] of entries) {
    if (!/^[0-9a-z][0-9a-z._/-]{0,62}$/.test(key)) {
      throw invalid('labels', 'names of at most 63 lower-case letters, digits, . _ / and -', quote(key));
    }
    assertText(`labels > ${key}`, value, MAX_LABEL_VALUE);
  }
  if (immutableTags !== undefined) {
    await assertPatterns(immutableTags);
  }
}

async function assertPatterns(patterns: readonly string[]): Promise<void> {
  if (patterns.length > MAX_PATTERNS) {
    throw invalid('immutableTags', `at most ${MAX_PATTERNS}`, `${patterns.length}`);
  }
  const { parseTagPattern, TAG_PATTERN_FORMS } = await loadTagPatterns();
  const wrong = patterns.find((text) => parseTagPattern(text) === null);
  if (wrong !== undefined) {
    throw invalid('immutableTags', TAG_PATTERN_FORMS, quote(wrong));
  }
}

function assertText(object: string, text: string, max: number): void {
  if (text.length > max || /[\p{Cc}--[\n\t]]/v.test(text)) {
    throw invalid(object, `at most ${max} printable characters`, quote(text, 80));
  }
}

function invalid(object: string, expected: string, found: string): DetailsError {
  return new DetailsError('DETAILS_INVALID', 'cannot be said so', { object, expected, found });
}
