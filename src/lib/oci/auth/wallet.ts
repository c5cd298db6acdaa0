import type { SourceAccess, UpstreamRules } from '../images/options.ts';
import type { Exchange } from '../transport/exchange.ts';
import { acr } from './clouds/acr.ts';
import type { Cloud } from './clouds/cloud.ts';
import { ecr } from './clouds/ecr.ts';
import { google } from './clouds/google.ts';
import type { Credential } from './credential.ts';
import { findCredential } from './credentials/lookup.ts';

const CLOUDS: readonly Cloud[] = [acr, ecr, google];

/** What was found for a repository, or where was looked in vain. */
export type Holding =
  | { readonly kind: 'held'; readonly credential: Credential; readonly from: string; readonly endsAt: number }
  | { readonly kind: 'empty'; readonly why: string };

export interface WalletOptions {
  readonly registry: string;
  /** The registry is spoken to over https: what a cloud gives is not for whoever answers elsewhere by its name. */
  readonly secure: boolean;
  readonly access: SourceAccess;
  readonly exchange: Exchange;
}

/** What a source was given, and nothing else: what the user of the machine has is not for its clients. */
function ofRules({ registry, credentials }: UpstreamRules): Holding {
  return credentials === null
    ? { kind: 'empty', why: `The source of ${registry} has no credentials.` }
    : {
        kind: 'held',
        credential: { kind: 'password', ...credentials },
        from: 'the source',
        endsAt: Number.POSITIVE_INFINITY,
      };
}

/** The credentials of one registry. Nothing is looked for before it is asked for, and then once per repository. */
export class Wallet {
  readonly #options: WalletOptions;
  readonly #holdings = new Map<string | null, Promise<Holding>>();

  constructor(options: WalletOptions) {
    this.#options = options;
  }

  async holding(repository: string | null, signal: AbortSignal): Promise<Holding> {
    const known = await this.#holdings.get(repository);
    if (known !== undefined && (known.kind === 'empty' || known.endsAt > this.#options.access.clock.now())) {
      return known;
    }
    const looking = this.#look(repository, signal);
    this.#holdings.set(repository, looking);
    // A failure is for those who wait now; the next one looks again.
    looking.catch(() => this.#holdings.delete(repository));
    return await looking;
  }

  /** What was found was refused: it may have been renewed by now. */
  forget(repository: string | null): void {
    this.#holdings.delete(repository);
  }

  async #look(repository: string | null, signal: AbortSignal): Promise<Holding> {
    const { registry, access, exchange, secure } = this.#options;
    if (access.upstream !== undefined) {
      return ofRules(access.upstream);
    }
    const found = await findCredential(access, registry, repository, signal);
    if (found !== null) {
      return { kind: 'held', ...found, endsAt: Number.POSITIVE_INFINITY };
    }
    const files = access.credentialFiles.length === 0 ? 'any file' : access.credentialFiles.join(', ');
    const why = `No credentials for ${registry} in ${files}`;
    const cloud = secure ? CLOUDS.find((candidate) => candidate.serves(registry)) : undefined;
    if (cloud === undefined) {
      return { kind: 'empty', why: `${why}.` };
    }
    const { environment, clock } = access;
    const answer = await cloud.credential({ registry, environment, exchange, clock, signal });
    return answer.kind === 'found' ? { ...answer, kind: 'held' } : { kind: 'empty', why: `${why}; ${answer.why}.` };
  }
}
