/** One entry of a token scope (distribution token scope documentation): `repository:library/alpine:pull`. */
interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** The repository that a scope is about; null for one that is about something else. */
export function repositoryOf(scope: string): string | null {
  const access = parseAccess(scope);
  return access?.type === 'repository' ? access.name : null;
}

/**
 * The scope to ask a token for. A registry may know the repository by another name than its clients, so the name in
 * its challenge counts; the actions are those that were asked for: a token that may push is not for one who pulls, and
 * who is about to push does not first get one to pull.
 */
export function scopeToAsk(wanted: string, challenged: string | null): string {
  const limit = parseAccess(wanted);
  if (challenged === null || limit === null) {
    return wanted;
  }
  const granted = challenged.split(' ').flatMap((text) => {
    const access = parseAccess(text);
    const isAbout = access?.type === limit.type && access.actions.some((action) => limit.actions.includes(action));
    return isAbout ? [`${access.type}:${access.name}:${limit.actions.join(',')}`] : [];
  });
  return granted.length === 0 ? wanted : granted.join(' ');
}

/** The name may hold colons itself, those of a host with a port. */
function parseAccess(text: string): Access | null {
  const [first, last] = [text.indexOf(':'), text.lastIndexOf(':')];
  return first === -1 || first === last
    ? null
    : { type: text.slice(0, first), name: text.slice(first + 1, last), actions: text.slice(last + 1).split(',') };
}
