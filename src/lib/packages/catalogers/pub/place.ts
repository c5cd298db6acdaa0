import { isDigit } from '../../characters.ts';
import { endsInPath } from '../../paths.ts';

const NAME = '/pubspec.yaml';
const HOSTED = 'hosted';
const GIT = 'git';
const COMMIT_CHARS = 40;

/** Where in pub's cache a package is: of a server, in a folder of its name and version, or a checkout. */
export type Place =
  | { readonly kind: 'hosted'; readonly server: string; readonly name: string; readonly version: string }
  | { readonly kind: 'git' };

/** For `wants`: `hosted/SERVER/NAME-VERSION/pubspec.yaml` or `git/NAME-COMMIT/pubspec.yaml` in any folder. */
export function isPlace(path: string): boolean {
  if (!path.endsWith(NAME)) {
    return false;
  }
  const inner = path.length - NAME.length;
  const outer = path.lastIndexOf('/', inner - 1);
  const dash = path.indexOf('-', outer);
  if (outer < 0 || dash < outer + 2 || dash > inner - 2) {
    return false;
  }
  return endsInPath(path, GIT, outer)
    ? isCommit(path, inner - COMMIT_CHARS, inner)
    : isDigit(path.charCodeAt(dash + 1)) && endsInPath(path, HOSTED, path.lastIndexOf('/', outer - 1));
}

/** Of a path that is one. */
export function placeOf(path: string): Place {
  const [folder = '', server = '', root = ''] = path.split('/').slice(0, -1).toReversed();
  if (root !== HOSTED) {
    return { kind: 'git' };
  }
  const dash = folder.indexOf('-');
  return { kind: 'hosted', server, name: folder.slice(0, dash), version: folder.slice(dash + 1) };
}

function isCommit(path: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const code = path.charCodeAt(at);
    if (!isDigit(code) && !(code >= 0x61 && code <= 0x66)) {
      return false;
    }
  }
  return path[start - 1] === '-';
}
