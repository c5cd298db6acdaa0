import type { Found } from '#model/analyser.ts';
import type { FileFact } from '#model/layer.ts';
import type { Executables } from '#model/ownership.ts';
import type { LayerProblem, SquashedView } from '../squash/view.ts';
import type { LiveFact } from './live.ts';
import type { OwnerFinder } from './owners.ts';

/** The facts with the owners of their files, and without the lists that these come from: what an image adds up to needs only the outcome. */
export function ownedFacts(live: readonly LiveFact[], owners: OwnerFinder): readonly LiveFact[] {
  const facts: LiveFact[] = [];
  for (const item of live) {
    const fact = withoutLists(item.fact);
    if (fact !== null) {
      const owner = owners.ownerOf(item, item.fact.digests);
      const history = item.history.flatMap(({ layer, fact: older }) => {
        const kept = withoutLists(older);
        return kept === null ? [] : [{ layer, fact: kept }];
      });
      facts.push({ ...item, fact, history, ...(owner === null ? {} : { owner }) });
    }
  }
  return facts;
}

export function ownedProblem({ digests, ...problem }: LayerProblem, owners: OwnerFinder): LayerProblem {
  const { path, layer } = problem;
  const owner = path === null ? null : owners.ownerOf({ path, layer }, digests);
  return owner === null ? problem : { ...problem, owner };
}

export function countExecutables(view: SquashedView, owners: OwnerFinder): Executables {
  let total = 0;
  let owned = 0;
  for (const file of view.executables()) {
    total += 1;
    owned += owners.ownerOf(file) === null ? 0 : 1;
  }
  return { total, owned };
}

/** Null when nothing else was found. */
function withoutLists({ digests: _digests, ...fact }: FileFact): FileFact | null {
  const { owned, diversions, ...found }: Found = fact.found;
  if (owned === undefined && diversions === undefined) {
    return fact;
  }
  return Object.keys(found).length === 0 ? null : { ...fact, found };
}
