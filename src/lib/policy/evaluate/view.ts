import type { FindingFact, PackageFact } from '#model/facts.ts';
import type { BoundFacts } from '../facts/bind.ts';
import type { ConsideredException } from './exceptions/consider.ts';
import type { View } from './run.ts';

/** Views by the exceptions that make them: rules that see the same share one, with its values and variables. */
export class Views {
  readonly #whole: BoundFacts;
  readonly #numbers: ReadonlyMap<ConsideredException, number>;
  readonly #views = new Map<string, View>();

  constructor(whole: BoundFacts, exceptions: readonly ConsideredException[]) {
    this.#whole = whole;
    this.#numbers = new Map(exceptions.map((one, index) => [one, index]));
  }

  without(exceptions: readonly ConsideredException[]): View {
    const taking = exceptions.filter(({ changes }) => changes.length > 0);
    const key = taking.map((one) => this.#numbers.get(one)).join(' ');
    const known = this.#views.get(key);
    if (known !== undefined) {
      return known;
    }
    const view = {
      bound: taking.length === 0 ? this.#whole : this.#whole.without(taken(taking)),
      variables: new Map(),
    };
    this.#views.set(key, view);
    return view;
  }
}

function taken(exceptions: readonly ConsideredException[]): {
  readonly findings: ReadonlySet<FindingFact>;
  readonly packages: ReadonlySet<PackageFact>;
} {
  return {
    findings: new Set(exceptions.flatMap(({ findings }) => [...findings])),
    packages: new Set(exceptions.flatMap(({ packages }) => [...packages])),
  };
}
