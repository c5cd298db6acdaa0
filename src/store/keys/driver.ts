import type { Clock } from '#base/clock.ts';
import type { SigningKey } from '#model/signing.ts';

/** One kind of place where private keys are kept: a member of the family of key drivers. */
export interface KeyDriver {
  /** The folder name of the member. */
  readonly id: string;
  /** What its references look like, for messages and help: `FILE`. */
  readonly form: string;
  /** Whether a reference is one of its own, by its text alone. */
  opens(reference: string): boolean;
  /** Throws `KeyError`, and the system's error where the place cannot be reached. */
  open(reference: string, access: KeyAccess): Promise<SigningKey>;
}

/** What a driver may ask of its caller. */
export interface KeyAccess {
  /**
   * Asked at most once, and only when the key needs it. The driver overwrites what it gets once it was used.
   * Throws when there is none: where one could come from is the caller's to say.
   */
  passphrase(name: string): Promise<Uint8Array>;
  /** Something that the owner of the key should know and that keeps nothing from being signed. */
  warn(text: string): void;
  /** Where services for keys find their addresses and credentials, under the names that their own tools use. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Ends whatever opening the key waits for. */
  readonly signal: AbortSignal;
}
