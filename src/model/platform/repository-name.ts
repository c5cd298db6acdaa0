/** The longest name of a repository: hosts and tags beside it still fit what clients allow for a reference. */
const MAX_NAME_CHARS = 255;

/**
 * True for the name of a repository (OCI distribution-spec, "Pulling manifests"): components between single slashes, each of lower-case
 * letters and digits joined by `.`, `_`, `__` or dashes. 255 characters at most. Linear.
 */
export function isRepositoryName(text: string): boolean {
  return text.length <= MAX_NAME_CHARS && text.split('/').every(isNameComponent);
}

/** The project that a repository belongs to: its first component. */
export function projectOf(repository: string): string {
  const slash = repository.indexOf('/');
  return slash === -1 ? repository : repository.slice(0, slash);
}

function isNameComponent(component: string): boolean {
  if (!/^[a-z0-9._-]+$/.test(component) || !/^[a-z0-9]/.test(component) || !/[a-z0-9]$/.test(component)) {
    return false;
  }
  return component.split(/[a-z0-9]+/).every(isSeparator);
}

function isSeparator(text: string): boolean {
  return text === '' || text === '.' || text === '_' || text === '__' || /^-+$/.test(text);
}

/** The project of what belongs to the installation as a whole: no repository has a name that begins with a dot. */
export const INSTALLATION = '.installation';
