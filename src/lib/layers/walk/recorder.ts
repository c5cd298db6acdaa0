import { LIMITS } from '#base/limits.ts';
import type { LayerEntry } from '#model/layer.ts';
import type { FileTableBuilder } from '../table/builder.ts';
import { FileReader } from './file-reader.ts';
import type { Results } from './results.ts';
import type { Selector } from './selection.ts';

/** An entry that the walk has found, its path normal and no whiteout. */
export type WalkedEntry = Omit<LayerEntry, 'sha256'>;

export interface RecorderOptions {
  readonly select: Selector;
  readonly results: Results;
  /** Null when the layer's file table is known already. */
  readonly table: FileTableBuilder | null;
}

/** Where both walks, through a tar and through a folder, bring what they find: entries, and the content of files. */
export class Recorder {
  readonly results: Results;
  readonly #select: Selector;
  readonly #table: FileTableBuilder | null;
  readonly #file: FileReader;

  constructor({ select, results, table }: RecorderOptions) {
    this.results = results;
    this.#select = select;
    this.#table = table;
    this.#file = new FileReader(results, table);
  }

  /** True asks for the content. `withheld` says why there will be none. */
  entry(entry: WalkedEntry, withheld: string | null): boolean {
    if (entry.link !== undefined && entry.link.length > LIMITS.pathBytes) {
      this.results.problem(entry.path, 'layers', `link to a target of ${entry.link.length} characters`);
      return false;
    }
    this.results.forget(entry.path);
    this.#table?.add(entry);
    if (entry.type !== 'file') {
      return false;
    }
    const selections = this.#select(entry, (analyser, error) =>
      this.results.failed(entry.path, { analyser: { id: analyser }, path: entry.path }, error),
    );
    if (withheld !== null) {
      for (const { analyser, path } of selections) {
        this.results.unreadable(entry.path, path, analyser.id, withheld);
      }
      return false;
    }
    return this.#file.start(entry, selections);
  }

  /** False when nobody wants the rest of the file; whoever can then skips it. */
  content(piece: Buffer): boolean {
    this.#file.content(piece);
    return this.#file.wantsMore;
  }

  contentEnd(): void {
    this.#file.end();
  }

  /** Instead of `contentEnd`: the rest of the content cannot be read. */
  contentFailed(reason: string): void {
    this.#file.fail(reason);
  }
}
