import type { Digest } from '#base/digest.ts';
import { type AppError, isAppError } from '#base/error.ts';
import { OciError } from '../error.ts';
import { RegistryError } from '../transport/error.ts';

/** How far attaching has come, for whoever has to be told. */
export interface Progress {
  /** Manifests that are there but are not known to be listed yet: others may not find them. */
  readonly stored: Set<Digest>;
  /** Manifests that are found where they belong. */
  readonly attached: Set<Digest>;
}

/** Nothing that a user did can be wrong about these; the rest is refused for good. */
const TEMPORARY: readonly number[] = [408, 429];

/** The error that ended it, with what is there by then and what is not. `object` is the repository or layout. */
export function attachFailure(error: AppError, object: string, progress: Progress): OciError {
  const { code, problem, expected } = classify(error);
  const hints = [state(progress), error.hint].filter((hint) => hint !== undefined);
  return new OciError(code, problem, {
    object,
    ...(expected === null ? {} : { expected }),
    found: error.message,
    hint: hints.join(' '),
    cause: error,
  });
}

interface Class {
  readonly code: 'ATTACH_DENIED' | 'ATTACH_REFUSED' | 'ATTACH_FAILED' | 'ATTACH_UNSETTLED';
  readonly problem: string;
  readonly expected: string | null;
}

function classify(error: AppError): Class {
  const status = error instanceof RegistryError ? error.status : null;
  if (status === 401 || status === 403) {
    return { code: 'ATTACH_DENIED', problem: 'may not be written to', expected: 'the right to push' };
  }
  if (status !== null && status >= 400 && status < 500 && !TEMPORARY.includes(status)) {
    return { code: 'ATTACH_REFUSED', problem: 'does not take what is to be attached', expected: expectation(status) };
  }
  if (isAppError(error) && error.code === 'ATTACH_UNSETTLED') {
    return { code: 'ATTACH_UNSETTLED', problem: 'could not be listed for good', expected: null };
  }
  return { code: 'ATTACH_FAILED', problem: 'could not be attached', expected: null };
}

function expectation(status: number): string {
  switch (status) {
    case 405:
      return 'a repository that can be written to, no mirror or cache';
    case 413:
      return 'a registry that takes something of this size';
    default:
      return 'a registry that takes manifests and tags of signatures';
  }
}

function state({ stored, attached }: Progress): string {
  const done = attached.size === 0 ? 'Nothing was attached' : `Attached: ${[...attached].join(', ')}`;
  const left =
    stored.size === 0
      ? ''
      : `; stored, but not listed as far as is known: ${[...stored].join(', ')}. Attach it again to have it listed`;
  return `${done}${left}.`;
}
