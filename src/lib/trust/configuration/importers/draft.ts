import type { RequirementEntry, RootEntry, RuleEntry, SignerEntry, StoreEntry, TrustDocument } from '../schema.ts';
import type { ImportedTrust, NotCarriedOver } from './importer.ts';

const MAX_NAME = 100;

/** A trust document that an importer fills bit by bit. Names are made to fit, and to be unique. */
export class Draft {
  readonly #name: string;
  readonly #roots = new Map<string, RootEntry>();
  readonly #stores = new Map<string, StoreEntry>();
  readonly #signers = new Map<string, SignerEntry>();
  readonly #rules = new Map<string, RuleEntry>();
  readonly #notes: NotCarriedOver[] = [];

  constructor(name: string) {
    this.#name = toName(name);
  }

  /** The same root twice is one. */
  root(name: string, entry: RootEntry): string {
    return shared(this.#roots, name, entry);
  }

  store(name: string, entry: StoreEntry): string {
    return shared(this.#stores, name, entry);
  }

  signer(name: string, entry: SignerEntry): string {
    return shared(this.#signers, name, entry);
  }

  rule(name: string, rule: Omit<RuleEntry, 'name' | 'require'>, require: readonly RequirementEntry[]): void {
    const unique = uniqueName(this.#rules, name);
    this.#rules.set(unique, { name: unique, ...rule, require: [...require] });
  }

  note(what: string, where: string, why: string): void {
    this.#notes.push({ what, where, why });
  }

  finish(): ImportedTrust {
    const document: TrustDocument = {
      apiVersion: 'plimsoll.dev/v1',
      kind: 'Trust',
      metadata: { name: this.#name },
      ...(this.#roots.size === 0 ? {} : { roots: Object.fromEntries(this.#roots) }),
      ...(this.#stores.size === 0 ? {} : { stores: Object.fromEntries(this.#stores) }),
      ...(this.#signers.size === 0 ? {} : { signers: Object.fromEntries(this.#signers) }),
      rules: [...this.#rules.values()],
    };
    return { document, notCarriedOver: this.#notes };
  }
}

/** Nothing is accepted: what an importer writes where it cannot say the same. */
export function refusal(reason: string): RequirementEntry {
  return { refuse: reason };
}

function shared<T>(entries: Map<string, T>, name: string, entry: T): string {
  const text = JSON.stringify(entry);
  for (const [known, other] of entries) {
    if (JSON.stringify(other) === text) {
      return known;
    }
  }
  const unique = uniqueName(entries, name);
  entries.set(unique, entry);
  return unique;
}

function uniqueName(entries: ReadonlyMap<string, unknown>, name: string): string {
  const base = toName(name);
  let unique = base;
  for (let count = 2; entries.has(unique); count += 1) {
    unique = `${base}-${count}`;
  }
  return unique;
}

/** A text of another tool as a name here: other characters become `-`. */
function toName(text: string): string {
  const name = text
    .replaceAll(/[^0-9A-Za-z._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, MAX_NAME);
  return name === '' ? 'imported' : name;
}
