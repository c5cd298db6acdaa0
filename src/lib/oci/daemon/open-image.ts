import { LIMITS } from '#base/limits.ts';
import type { Image } from '#model/image.ts';
import { blobPath, readStored } from '../images/blobs.ts';
import type { OpenedImages, OpenOptions } from '../images/options.ts';
import { openRoots } from '../images/roots.ts';
import type { DaemonReference } from '../reference.ts';
import { exportedContent } from './content.ts';
import { openDockerImage, readDockerExport } from './docker-image.ts';
import { hasDigest, isConfig, KeptDocuments } from './documents.ts';
import { DaemonError } from './error.ts';
import { Export } from './export.ts';
import { findDaemon } from './find-daemon.ts';
import type { DaemonWaits } from './http.ts';
import { type DaemonImage, inspectImage } from './inspect.ts';
import type { DaemonKind } from './kinds.ts';

/** Where to look for a daemon, and under which names it may have the image. */
export interface DaemonRequest {
  readonly kind: DaemonKind;
  readonly sockets: readonly string[];
  readonly names: readonly string[];
  readonly waits?: DaemonWaits;
}

/**
 * The image that a daemon holds. What its id stands for decides how it is read: the digest of a config, then there is no
 * manifest digest that anybody could verify; or that of a manifest or index, then that is the image's identity. A config
 * or manifest seen before is not asked for again, and the image is exported only when a layer is opened.
 */
export async function openDaemonImage(
  request: DaemonRequest,
  reference: DaemonReference,
  options: OpenOptions,
): Promise<OpenedImages> {
  const api = await findDaemon(request.kind, request.sockets, options.signal, request.waits);
  const image = await inspectImage(api, request.names, options.signal);
  const exported = new Export(api, image, options);
  try {
    return { images: await readImages(exported, image, reference, options), close: () => exported.close() };
  } catch (error) {
    await exported.close();
    throw error;
  }
}

async function readImages(
  exported: Export,
  image: DaemonImage,
  reference: DaemonReference,
  options: OpenOptions,
): Promise<readonly Image[]> {
  const { id } = image;
  const kept = new KeptDocuments(options.documents);
  const document =
    (await keptDocument(kept, image, exported.object)) ?? (await exportedDocument(exported, image, options));
  if (document === null || isConfig(document, exported.object)) {
    const config = document ?? (await readDockerExport(await exported.files(), id, options.signal)).config;
    await kept.keep(id, config);
    return [await openDockerImage(exported, id, config, reference, options)];
  }
  const content = exportedContent(exported, image, kept, options.signal);
  const root = {
    mediaType: null,
    digest: id,
    size: document.length,
    annotations: new Map<string, string>(),
    artifactType: null,
    platform: null,
  };
  return await openRoots(content, [root], { text: reference.text, source: reference.source, digest: null }, options);
}

/** The document that the id stands for, when it can be believed without an export. */
async function keptDocument(kept: KeptDocuments, image: DaemonImage, object: string): Promise<Uint8Array | null> {
  const bytes = await kept.get(image.id);
  return bytes !== null && (image.available !== null || isConfig(bytes, object)) ? bytes : null;
}

/** The same out of the export, which old forms of it do not name by its digest: then null. */
async function exportedDocument(
  exported: Export,
  { id }: DaemonImage,
  { signal }: OpenOptions,
): Promise<Uint8Array | null> {
  const file = await (await exported.files()).find(blobPath(id));
  if (file === null) {
    return null;
  }
  const bytes = await readStored(file, LIMITS.configBytes, `${id} of ${exported.object}`, signal);
  if (!hasDigest(bytes, id)) {
    throw new DaemonError('DAEMON_ANSWER_INVALID', 'the daemon exported another image than it named', {
      object: exported.object,
      expected: `a document with the digest ${id}`,
      found: `${bytes.length} bytes with another`,
    });
  }
  return bytes;
}
