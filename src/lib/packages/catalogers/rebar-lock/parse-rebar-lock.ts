import { quote } from '#base/error.ts';
import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA } from '../../declared-packages.ts';
import { decodeText } from '../../text.ts';
import { readFirstTerm, type Term } from '../erlang/erlang-terms.ts';

/**
 * `rebar.lock`: `{"1.2.0", [DEPENDENCY]}.`, of older ones `[DEPENDENCY].`, each `{APPLICATION, SOURCE, LEVEL}`. A source of Hex is
 * `{pkg, NAME, VERSION}`, perhaps with hashes behind; what comes from a repository says a commit and no version. Hashes are a term of
 * their own, which is not read.
 */
export function parseRebarLock(bytes: Uint8Array, object: string): Found {
  const term = readFirstTerm(decodeText(bytes));
  const entries = typeof term === 'string' ? null : entriesOf(term);
  if (entries === null) {
    throw notA(object, 'a list of locked dependencies', typeof term === 'string' ? quote(term) : 'another term');
  }
  const packages = new DeclaredPackages('hex', object);
  for (const entry of entries) {
    const [application, source] = itemsOf(entry);
    const [kind, name, version] = itemsOf(source);
    const isOfHex = kind?.kind === 'atom' && kind.text === 'pkg';
    if (isOfHex && textOf(version) !== '') {
      packages.add({ name: textOf(name), version: textOf(version) });
    } else {
      packages.passOver('without a version', textOf(application));
    }
  }
  return packages.found();
}

function entriesOf(term: Term): readonly Term[] | null {
  if (term.kind === 'list') {
    return term.items;
  }
  const [version, entries] = itemsOf(term);
  return version?.kind === 'string' && entries?.kind === 'list' ? entries.items : null;
}

function itemsOf(term: Term | undefined): readonly Term[] {
  return term?.kind === 'tuple' ? term.items : [];
}

function textOf(term: Term | undefined): string {
  return term?.kind === 'binary' || term?.kind === 'string' ? term.text : '';
}
