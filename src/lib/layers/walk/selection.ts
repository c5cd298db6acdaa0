import type { Analyser, FileInfo } from '#model/analyser.ts';
import { Candidates } from './candidates.ts';

/** One analyser that is to see a file, and the path it is told. */
export interface Selection {
  readonly analyser: Analyser;
  readonly path: string;
}

/** Which analysers see a regular file: asked for every one of a layer. */
export type Selector = (file: FileInfo, problem: (analyser: string, error: unknown) => void) => readonly Selection[];

/** What is asked of one walk, as plain data and analysers by their id. */
export type ScanRequest =
  /** Every file that one of the analysers wants for its path. */
  | { readonly kind: 'wanted'; readonly analysers: readonly Analyser[]; readonly withTable: boolean }
  /** These files and no others, by their path in the layer. */
  | { readonly kind: 'listed'; readonly files: ReadonlyMap<string, readonly Selection[]> };

const NONE: readonly Selection[] = [];

/** Who sees which files of a walk, as its request says. */
export function selectorOf(request: ScanRequest): Selector {
  return request.kind === 'wanted' ? wantedBy(request.analysers) : listed(request.files);
}

/** The analysers that want a file by its path, as in a first reading of a layer. */
function wantedBy(analysers: readonly Analyser[]): Selector {
  const candidates = new Candidates(analysers);
  return (file, problem) => {
    let selections: Selection[] | null = null;
    for (const index of candidates.of(file.path)) {
      const analyser = candidates.isNear(index) ? analysers[index] : undefined;
      try {
        if (analyser?.wants(file) === true) {
          (selections ??= []).push({ analyser, path: file.path });
        }
      } catch (error) {
        problem(analyser?.id ?? '', error);
      }
    }
    return selections ?? NONE;
  };
}

/** Only the files listed, whatever their names: a late reading for paths that were found through links. */
function listed(files: ReadonlyMap<string, readonly Selection[]>): Selector {
  return (file) => files.get(file.path) ?? NONE;
}
