import { may } from '#lib/access/index.ts';
import type { FirstPullAnswer } from '#model/platform/intake.ts';
import type { ManifestPointer, ResolvedManifest } from '#model/platform/records.ts';
import { pullManifest, RegistryError } from '#stages/catalog/index.ts';
import { API_PATH } from '../api/links.ts';
import type { Exchange } from './exchange.ts';
import { RequestError } from './request-error.ts';
import { unjudgedManifest } from './unjudged.ts';

/** What is served, and what is said with it. */
export interface ServedManifest {
  readonly manifest: ResolvedManifest;
  /** For `Warning: 299`: printable ASCII without quotes. */
  readonly warnings: readonly string[];
}

/**
 * The manifest, if the sender may read it. What is not here, or nobody decided about yet, is asked of the gate for first pulls: it may be on its
 * way from somewhere else. Throws what `pullManifest` throws; 429 to ask again; 403 for what must not come in.
 */
export async function pullThroughGate(
  exchange: Exchange,
  repository: string,
  pointer: ManifestPointer,
): Promise<ServedManifest> {
  const { registry, subject } = exchange;
  try {
    const served = await pullManifest(registry, subject, repository, pointer);
    if ('tag' in pointer) {
      registry.firstPull?.served(repository, pointer.tag);
    }
    return served;
  } catch (error) {
    const unjudged = isUndecided(error) ? await unjudgedManifest(exchange, repository, pointer) : null;
    if (unjudged !== null) {
      return { manifest: unjudged.manifest, warnings: [headerText(unjudged.warning)] };
    }
    // Whoever may not pull it is not asked for: that would tell what is there, and bring in what nobody may have.
    const answer = isForGate(error) ? await ask(exchange, repository, pointer) : null;
    if (answer === null) {
      throw error;
    }
    return await afterGate(exchange, repository, pointer, answer);
  }
}

/** Waits for nothing but the gate: neither a client that went away nor a server that stops is kept waiting for. */
async function ask(
  { registry: { firstPull }, subject, signal, draining }: Exchange,
  repository: string,
  pointer: ManifestPointer,
): Promise<FirstPullAnswer | null> {
  if (firstPull === null) {
    return null;
  }
  try {
    return await firstPull.pull(subject, repository, pointer, AbortSignal.any([signal, draining]));
  } catch (error) {
    if (draining.aborted && !signal.aborted) {
      return { kind: 'wait', retryAfterSeconds: 1, message: 'the server stops: ask again' };
    }
    throw error;
  }
}

function isForGate(error: unknown): boolean {
  return (error instanceof RegistryError && error.code === 'MANIFEST_ABSENT') || isUndecided(error);
}

function isUndecided(error: unknown): boolean {
  return error instanceof RegistryError && error.code === 'IMAGE_WITHHELD' && error.isUndecided;
}

/** `ready` is no permission: what is served now is decided as always, or served by its source before that. */
async function afterGate(
  exchange: Exchange,
  repository: string,
  pointer: ManifestPointer,
  answer: FirstPullAnswer,
): Promise<ServedManifest> {
  switch (answer.kind) {
    case 'ready': {
      const { registry, subject } = exchange;
      const unjudged = answer.warning === null ? null : await unjudgedManifest(exchange, repository, pointer);
      if (unjudged !== null) {
        return { manifest: unjudged.manifest, warnings: [headerText(unjudged.warning)] };
      }
      const { manifest, warnings } = await pullManifest(registry, subject, repository, pointer);
      return { manifest, warnings: answer.warning === null ? warnings : [...warnings, headerText(answer.warning)] };
    }
    case 'wait':
      throw askAgain(answer);
    case 'refused':
      throw await refused(exchange, repository, pointer, answer.message);
  }
}

/** Clients that know `Retry-After` wait; people read the warning. */
function askAgain({ message, retryAfterSeconds }: Extract<FirstPullAnswer, { kind: 'wait' }>): RequestError {
  const seconds = Math.min(Math.max(Math.ceil(retryAfterSeconds), 1), MAX_RETRY_SECONDS);
  return new RequestError(429, 'TOOMANYREQUESTS', headerText(message), {
    headers: { 'retry-after': String(seconds), warning: warningOf(message) },
  });
}

/** As what is withheld by its state: 403 with the reason and where more is said, and 404 for whoever may push another in its place. */
async function refused(
  exchange: Exchange,
  repository: string,
  pointer: ManifestPointer,
  message: string,
): Promise<RegistryError | RequestError> {
  const { registry, subject } = exchange;
  const reason = headerText(message);
  const mayReplace = may(subject, 'push', repository);
  const image = await imageAt(exchange, repository, pointer);
  if (image !== null) {
    const object = `${image.repository}@${image.digest}`;
    return new RegistryError('IMAGE_WITHHELD', reason, { object, image, mayReplace });
  }
  const report = `${registry.publicUrl}${API_PATH}/acquisitions?repository=${repository}`;
  const [status, code] = mayReplace ? ([404, 'MANIFEST_UNKNOWN'] as const) : ([403, 'DENIED'] as const);
  return new RequestError(status, code, `${reason}; report: ${report}`, { detail: { reason, report } });
}

/** What the gate refused, if any of it came in. */
async function imageAt(
  { registry, subject }: Exchange,
  repository: string,
  pointer: ManifestPointer,
): Promise<RegistryError['image']> {
  try {
    const { manifest } = await pullManifest(registry, subject, repository, pointer);
    return { repository, digest: manifest.digest };
  } catch (error) {
    return error instanceof RegistryError ? error.image : null;
  }
}

/** A client that waits longer forgot why. */
const MAX_RETRY_SECONDS = 3600;
const MAX_WARNING_CHARS = 400;

/** RFC 7234, section 5.5: 299 is "Miscellaneous Persistent Warning". */
export function warningOf(text: string): string {
  return `299 - "${headerText(text)}"`;
}

/** Names and reasons come from upstream. */
function headerText(text: string): string {
  return text
    .slice(0, MAX_WARNING_CHARS)
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/["\\]/g, "'");
}
