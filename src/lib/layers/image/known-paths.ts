import { isAppError } from '#base/error.ts';
import type { Analyser } from '#model/analyser.ts';
import type { LayerProblem, Resolved, SquashedView } from '../squash/view.ts';

/** Files of the view that an analyser is to see whatever their names: the path in the view, and the one it is told. */
export type Aliases = ReadonlyMap<string, string>;

export interface KnownPaths {
  readonly aliases: Aliases;
  readonly unreadable: readonly LayerProblem[];
}

/**
 * Where the paths that an analyser knows lead in the view. A file that two known paths lead to is told under its own
 * name if that is one of them, else under the first.
 */
export function findKnownPaths(view: SquashedView, analyser: Analyser): KnownPaths {
  const direct = new Map<string, string>();
  const linked = new Map<string, string>();
  const unreadable: LayerProblem[] = [];
  for (const known of analyser.knownPaths) {
    const target = view.resolve(known);
    if ('problem' in target) {
      if (target.problem === 'loop') {
        unreadable.push(problem(view, analyser, known, 'the path is behind a loop of links'));
      }
      continue;
    }
    for (const { path, file } of filesAt(view, known, target)) {
      if (file.type !== 'file') {
        unreadable.push(problem(view, analyser, path, `expected a file or folder, found a ${file.type}`));
      } else if (file.path === path) {
        direct.set(path, path);
      } else if (!linked.has(file.path)) {
        linked.set(file.path, path);
      }
    }
  }
  const behind = filesBehindLinks(view, analyser, unreadable);
  return { aliases: new Map([...behind, ...linked, ...direct]), unreadable };
}

/** What only a link makes a file that the analyser is to see; it is told where that lies. */
function filesBehindLinks(view: SquashedView, analyser: Analyser, unreadable: LayerProblem[]): Aliases {
  const behind = new Map<string, string>();
  if (analyser.fileBehind === undefined) {
    return behind;
  }
  for (const link of view.links()) {
    const path = analyser.fileBehind(link);
    if (path === null) {
      continue;
    }
    try {
      const file = view.resolve(path);
      if (!('problem' in file) && file.type === 'file' && !analyser.wants(file)) {
        behind.set(file.path, file.path);
      }
    } catch (error) {
      if (!isAppError(error)) {
        throw error;
      }
      // Links that lead round and round are more than a lookup may follow.
      unreadable.push(problem(view, analyser, link, `links are not followed from here on: ${error.message}`));
      break;
    }
  }
  return behind;
}

/** The file itself, or every file below the folder, with the path that it has below the known one. */
function* filesAt(view: SquashedView, known: string, target: Resolved): Generator<{ path: string; file: Resolved }> {
  if (target.type !== 'folder') {
    yield { path: known, file: target };
    return;
  }
  for (const { path, file } of view.list(target.path)) {
    yield { path: known + path.slice(target.path.length), file };
  }
}

/** The layer named is that of the lowest link on the way, or the lowest of all. */
function problem(view: SquashedView, analyser: Analyser, path: string, reason: string): LayerProblem {
  let layer = 0;
  const names = path.split('/');
  for (let depth = 1; depth <= names.length; depth += 1) {
    const found = view.at(names.slice(0, depth).join('/'));
    if (found !== null && found.type !== 'folder') {
      layer = Math.max(found.origin.layer, 0);
      break;
    }
  }
  return { layer, path, analyser: analyser.id, reason };
}
