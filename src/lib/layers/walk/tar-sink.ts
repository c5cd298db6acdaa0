import { LIMITS, limitExceeded } from '#base/limits.ts';
import { normalisePath } from '../paths.ts';
import type { TarEntry, TarSink } from '../tar/entry.ts';
import { parseWhiteout } from '../whiteouts.ts';
import type { Recorder, WalkedEntry } from './recorder.ts';

/** Deletions that a layer asks for. */
export interface Deletions {
  readonly whiteouts: string[];
  readonly opaques: string[];
}

/** Takes the entries of a tar: normalises their names and tells whiteouts apart. */
export class LayerSink implements TarSink {
  readonly deletions: Deletions = { whiteouts: [], opaques: [] };
  readonly #object: string;
  readonly #recorder: Recorder;
  #deletedBytes = 0;

  /** `object` names the layer in errors. */
  constructor(object: string, recorder: Recorder) {
    this.#object = object;
    this.#recorder = recorder;
  }

  entry(entry: TarEntry): boolean {
    const normal = normalisePath(entry.name);
    if ('problem' in normal) {
      this.#recorder.results.problem(null, 'layers', normal.problem);
      return false;
    }
    const whiteout = parseWhiteout(normal.path);
    switch (whiteout?.kind) {
      case undefined:
        return this.#file(entry, normal.path);
      case 'delete':
      case 'opaque':
        this.#delete(whiteout.kind, whiteout.path);
        return false;
      case 'invalid':
        this.#recorder.results.problem(null, 'layers', whiteout.problem);
        return false;
      case 'metadata':
        return false;
    }
  }

  content(piece: Buffer): void {
    this.#recorder.content(piece);
  }

  contentEnd(): void {
    this.#recorder.contentEnd();
  }

  problem(name: string, reason: string): void {
    const normal = normalisePath(name);
    this.#recorder.results.problem('problem' in normal ? null : normal.path, 'layers', reason);
  }

  #delete(kind: 'delete' | 'opaque', path: string): void {
    this.#deletedBytes += path.length;
    if (this.#deletedBytes > LIMITS.layerPathBytes) {
      throw limitExceeded(this.#object, LIMITS.layerPathBytes, 'bytes of whiteouts');
    }
    (kind === 'delete' ? this.deletions.whiteouts : this.deletions.opaques).push(path);
  }

  #file(entry: TarEntry, path: string): boolean {
    if (path === '' && entry.type !== 'folder') {
      this.#recorder.results.problem(null, 'layers', `root of the layer that is a ${entry.type}`);
      return false;
    }
    const { type, mode, uid, gid, size } = entry;
    if (type === 'symlink') {
      return this.#recorder.entry({ path, type, mode, uid, gid, size, link: entry.link }, null);
    }
    if (type !== 'hardlink') {
      return this.#recorder.entry({ path, type, mode, uid, gid, size }, entry.withheld);
    }
    const target = normalisePath(entry.link);
    if ('problem' in target) {
      this.#recorder.results.problem(path, 'layers', `hardlink to a ${target.problem}`);
      return false;
    }
    const link: WalkedEntry = { path, type, mode, uid, gid, size, link: target.path };
    return this.#recorder.entry(link, null);
  }
}
