import type { CompiledSet } from '#lib/policy/index.ts';
import type { TrustConfiguration } from '#lib/trust/index.ts';
import type { PolicySet } from '#model/policy.ts';
import type { DocumentsContext } from './context.ts';
import { DocumentsError } from './error.ts';
import type { InstallationDocument } from './kinds.ts';
import { snapshot } from './snapshot.ts';
import { revisionOf } from './stored.ts';

/** What decides, all of one moment. */
export interface ActiveSet {
  /** Of the documents of the installation; 0 before the first was written. */
  readonly revision: number;
  /** Milliseconds UTC; 0 before the first was written. */
  readonly changedAt: number;
  readonly set: PolicySet;
  readonly compiled: CompiledSet;
  /** By the names of their documents. */
  readonly trust: ReadonlyMap<string, TrustConfiguration>;
  /** By the same names: the digest of the document, and that of what it says with the files that it names. */
  readonly trustRead: ReadonlyMap<string, readonly [document: string, read: string]>;
  /** False where there are none but those that ship: then nothing is let out of quarantine by itself. */
  readonly hasEnvironments: boolean;
}

/** Whether the stored documents can be used by this release. */
export interface DocumentsHealth {
  readonly revision: number;
  readonly isUsable: boolean;
  /** What is wrong first; null where nothing is. */
  readonly problem: string | null;
}

type ActiveContext = Pick<DocumentsContext, 'store' | 'clock' | 'log' | 'trustFolder'>;

/** Files that documents of trust name may be others by then, and what could not be used may be mended by them. */
const REFRESH_MS = 5 * 60_000;

/**
 * The documents that decide, compiled once for each revision of them: to ask is one or two reads by key. What a newer release does not take any more
 * is not passed over, since it may be what refuses: then nothing is judged, and every image stays as it is.
 */
export class ActiveSets {
  readonly #context: ActiveContext;
  #compiled: Promise<Outcome> | null = null;
  #revision = -1;
  #compiledAt = 0;
  #mayBecomeOther = false;
  #told = '';
  /** Read once, and again only when it changes. By the digest of what was stored. */
  #read = new Map<string, InstallationDocument>();

  constructor(context: ActiveContext) {
    this.#context = context;
  }

  /** Throws `DOCUMENTS_UNUSABLE` naming what is wrong. */
  async current(): Promise<ActiveSet> {
    const outcome = await this.#outcome();
    if (outcome.kind === 'unusable') {
      throw new DocumentsError('DOCUMENTS_UNUSABLE', 'the documents of this installation cannot be used', {
        object: `revision ${outcome.revision}`,
        found: outcome.problem,
        hint: 'Nothing is judged until they are mended: plimsoll apply, with documents that this release takes.',
      });
    }
    return outcome.active;
  }

  /** As `current`, of files as they are now. */
  async reread(): Promise<ActiveSet> {
    this.#compiled = null;
    return await this.current();
  }

  async health(): Promise<DocumentsHealth> {
    const outcome = await this.#outcome();
    return outcome.kind === 'usable'
      ? { revision: outcome.active.revision, isUsable: true, problem: null }
      : { revision: outcome.revision, isUsable: false, problem: outcome.problem };
  }

  async #outcome(): Promise<Outcome> {
    const { revision } = await revisionOf(this.#context.store.records);
    const isOld = this.#mayBecomeOther && this.#context.clock.now() >= this.#compiledAt + REFRESH_MS;
    if (this.#compiled === null || this.#revision !== revision || isOld) {
      const compiled = this.#compile();
      this.#compiled = compiled;
      this.#revision = revision;
      this.#compiledAt = this.#context.clock.now();
      this.#mayBecomeOther = false;
      compiled.then(
        (outcome) => {
          if (this.#compiled === compiled) {
            this.#revision = outcome.kind === 'usable' ? outcome.active.revision : outcome.revision;
            this.#mayBecomeOther = outcome.kind === 'unusable' || outcome.active.trust.size > 0;
          }
        },
        () => {
          // What the database could not answer is asked again.
          if (this.#compiled === compiled) {
            this.#compiled = null;
          }
        },
      );
    }
    return await this.#compiled;
  }

  async #compile(): Promise<Outcome> {
    const { revision, changedAt, stored } = await snapshot(this.#context);
    const read = new Map<string, InstallationDocument>();
    const { compileStored } = await import('./compile-stored.ts');
    const outcome = await compileStored(this.#context, { revision, changedAt, stored }, { known: this.#read, read });
    this.#read = read;
    const problem = outcome.kind === 'unusable' ? `${revision} ${outcome.problem}` : '';
    const isTold = problem === this.#told;
    this.#told = problem;
    if (outcome.kind === 'unusable' && !isTold) {
      this.#context.log.error('the documents cannot be used: images stay as they are', {
        revision,
        problem: outcome.problem,
      });
    }
    return outcome;
  }
}

/** Of compiling the documents of a revision. */
export type Outcome =
  | { readonly kind: 'usable'; readonly active: ActiveSet }
  | { readonly kind: 'unusable'; readonly revision: number; readonly problem: string };
