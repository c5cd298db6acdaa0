/**
 * What happens, as CloudEvents 1.0 attributes and data. A type is never given another meaning: what changes gets the next version.
 * `docs/reference/events.md` is generated from this.
 */
export interface PlatformEvent {
  /** UUIDv7. */
  readonly id: string;
  readonly type: EventType;
  /** What it is about: `team/app@sha256:…`, `user:alice`. */
  readonly subject: string;
  /** The id of whoever did it. */
  readonly actor: string;
  /** Milliseconds UTC. */
  readonly time: number;
  readonly projectId: string | null;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** Every type, with what its data holds. */
export const EVENT_TYPES = {
  'image.pushed.v1':
    'A manifest was stored. repository, digest, mediaType, size, tag (null without), subject (null without).',
  'image.deleted.v1': 'A manifest was deleted; it can be restored. repository, digest, tags (how many).',
  'image.restored.v1': 'A deleted manifest is back. repository, digest.',
  'image.collected.v1': 'A deleted manifest was removed for good. repository, digest.',
  'image.state-changed.v1': 'Its lifecycle changed. repository, digest, from, to, reason.',
  'image.approval-changed.v1':
    'It was decided for an environment. repository, digest, environment, decision, reason, validUntil.',
  'image.analysed.v1': 'Its inventory is known. repository, digest, packages, unknowns (how many each).',
  'image.judged.v1':
    'Policy was asked again and says something else than before, or for the first time. repository, digest, environment, outcome, before (null for the first time), reason, cause.',
  'image.flagged.v1':
    'An image that is served broke a rule; it is served until the grace ends. repository, digest, environment, reason, until (null without an end).',
  'acquisition.requested.v1': 'An image was asked for. id, repository, upstream, reference, source.',
  'acquisition.finished.v1':
    'It came, or did not. id, repository, upstream, reference, digest (null when it was never known), state, reason.',
  'acquisition.denied.v1': 'No source allows it. upstream, reference, reason.',
  'advisories.updated.v1':
    'Other advisories are used from now on. ecosystem, revision, packages (versions that they change), images.',
  'exception.requested.v1': 'name, reason.',
  'exception.decided.v1': 'name, decision (approved, rejected or withdrawn), reason.',
  'repository.changed.v1': 'Owner, description, labels or rules of a repository. repository, change.',
  'tag.moved.v1': 'A tag means another manifest, or is new. repository, tag, digest, previous (null when new).',
  'tag.deleted.v1': 'A tag is gone. repository, tag, digest.',
  'blob.damaged.v1': 'The bytes of a blob are not what its digest says. digest, found.',
  'account.created.v1': 'kind, name.',
  'account.changed.v1': 'What was changed: name, change.',
  'account.removed.v1': 'kind, name.',
  'access.denied.v1': 'Somebody was refused. action, resource, reason.',
  'upkeep.requested.v1': 'Somebody asked for upkeep out of its turn. kind (of the job).',
  'document.changed.v1': 'A document was written or removed. kind, name, revision, digest (null when it was removed).',
} as const;

export type EventType = keyof typeof EVENT_TYPES;
