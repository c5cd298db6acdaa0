import { randomBytes } from 'node:crypto';
import { openAcquiring } from '../acquiring/index.ts';
import type { ServerConfig, Service } from '../config/index.ts';
import type { RequestHandler, ServerContext } from '../context.ts';
import { openDocuments } from '../documents/index.ts';
import { type Meter, measuredFirstPull } from '../metrics/index.ts';
import type { RoleReady } from '../supervisor/messages.ts';

/** What a front answers with; null for what it was not started for. */
export interface FrontPartsOpened {
  readonly registry: RequestHandler | null;
  readonly api: RequestHandler | null;
  readonly tokens: RequestHandler | null;
  readonly credential: RoleReady['credential'];
}

export interface FrontOptions {
  readonly config: ServerConfig;
  readonly services: readonly Service[];
  readonly version: string;
  readonly meter: Meter;
}

/** For as long clients may use the URL of a blob in a bucket: to begin with it, not to end. */
const REDIRECT_SECONDS = 300;

/** Loads and composes what the services need, and nothing else. */
export async function openFrontParts(context: ServerContext, options: FrontOptions): Promise<FrontPartsOpened> {
  const { config, services, version, meter } = options;
  const [hasRegistry, hasApi] = [services.includes('registry'), services.includes('api')];
  if (!hasRegistry && !hasApi) {
    return { registry: null, api: null, tokens: null, credential: null };
  }
  const [{ createAccess, ensureFirstAdmin }, registry, api] = await Promise.all([
    import('../access/index.ts'),
    hasRegistry ? import('../registry/index.ts') : null,
    hasApi ? import('../api/index.ts') : null,
  ]);
  const access = createAccess(context, { anonymousPull: config.access.anonymousPull });
  const isRedirecting = config.blobs.kind === 's3' && config.blobs.redirect;
  const limits = {
    maxBlobBytes: config.limits.blobBytes,
    ...(isRedirecting && { redirectSeconds: REDIRECT_SECONDS }),
  };
  const documents = openDocuments({ ...context, random: (length) => randomBytes(length) }, config);
  const acquiring = openAcquiring(context, documents.sources);
  const firstPull = measuredFirstPull(acquiring.firstPull, meter);
  const upkeep = { collection: config.collection, retention: config.retention?.rules ?? [] };
  const first = await ensureFirstAdmin(context);
  return {
    registry: registry?.createRegistry(context, access.authenticator, { ...limits, firstPull }) ?? null,
    api: api?.createApi(context, access, { version, ...upkeep, acquiring, documents, meter }) ?? null,
    tokens: access.tokenService,
    credential: first === null ? null : { name: first.name, secret: first.password },
  };
}
