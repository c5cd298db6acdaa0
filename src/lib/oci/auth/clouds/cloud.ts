import type { Clock } from '#base/clock.ts';
import type { Exchange } from '../../transport/exchange.ts';
import type { Credential } from '../credential.ts';

/** What a cloud's exchange of credentials works with. */
export interface CloudRequest {
  /** As references name it. */
  readonly registry: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Credentials with the instant in milliseconds at which they end, or what is missing in the environment, for a hint. */
export type CloudAnswer =
  | { readonly kind: 'found'; readonly credential: Credential; readonly from: string; readonly endsAt: number }
  | { readonly kind: 'missing'; readonly why: string };

/** The registries of one cloud, whose credentials are got with those of the cloud. */
export interface Cloud {
  /** True for a registry that is the cloud's own: nobody else can be reached by such a name over https. */
  serves(registry: string): boolean;
  /** Throws `AuthError` and `CloudError`; asks nobody when the environment holds no credentials of the cloud. */
  credential(request: CloudRequest): Promise<CloudAnswer>;
}
