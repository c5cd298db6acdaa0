import type { Digest } from '#base/digest.ts';
import { decide, may, maySee } from '#lib/access/index.ts';
import type { Action, Subject } from '#model/platform/access.ts';
import type { Standing } from '#model/platform/state.ts';
import { RegistryError, withheld } from './registry-error.ts';

/**
 * Throws unless somebody may do something in a repository: `REPOSITORY_HIDDEN` for whoever may not read it either, whether it is there or not,
 * else `ACTION_DENIED`; `TOKEN_TOO_NARROW` where another token would do.
 */
export function assertMay(subject: Subject, action: Action, repository: string): void {
  const decision = decide(subject, action, { repository });
  if (decision.kind === 'yes') {
    return;
  }
  if (may(withoutToken(subject), action, repository)) {
    throw new RegistryError('TOKEN_TOO_NARROW', 'the token is not for this', { object: repository });
  }
  if (action === 'pull' || !may(withoutToken(subject), 'pull', repository)) {
    throw new RegistryError('REPOSITORY_HIDDEN', 'there is no such repository', { object: repository });
  }
  throw new RegistryError('ACTION_DENIED', decision.message, { object: repository });
}

/** What the account itself may do. */
export function withoutToken({ within: _within, ...account }: Subject): Subject {
  return account;
}

/** The manifest that is read, for the message. */
export interface Sighted {
  readonly repository: string;
  readonly digest: Digest;
  readonly standing: Standing;
}

/** What is to be said along with it; throws `IMAGE_WITHHELD`, or `REPOSITORY_HIDDEN` as `assertMay` does. */
export function assertSeen(
  subject: Subject,
  { repository, digest, standing }: Sighted,
  now: number,
): readonly string[] {
  const sight = maySee(subject, repository, standing, now);
  if (sight.kind === 'yes') {
    return sight.warnings;
  }
  if (sight.why === 'unknown-repository') {
    throw new RegistryError('REPOSITORY_HIDDEN', 'there is no such repository', { object: repository });
  }
  const mayReplace = may(subject, 'push', repository);
  throw withheld(sight.message, { repository, digest }, { mayReplace, isUndecided: sight.why === 'quarantine' });
}
