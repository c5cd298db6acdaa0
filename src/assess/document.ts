import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { choosePlatform, parsePlatform, readDocument, type SbomReference } from '#lib/oci/index.ts';
import { inventoryOf, readSbom } from '#lib/sbom/index.ts';
import type { Inventory } from '#model/inventory.ts';
import type { Platform } from '#model/platform.ts';
import type { ReportImage, ReportSbom } from '#model/report.ts';
import type { SbomDocument } from '#model/sbom.ts';

/** A document in place of an image: what it says, all of it unverified. */
export interface OpenedDocument {
  readonly image: ReportImage;
  readonly sbom: ReportSbom;
  readonly inventory: Inventory;
  /** The purls of its components by links to them, as VEX documents in CycloneDX name them: `urn:cdx:serial/version#ref`. */
  readonly links: ReadonlyMap<string, string>;
}

interface DocumentOptions {
  readonly platform?: Platform | 'all';
  readonly host: Platform;
  readonly signal: AbortSignal;
}

/**
 * Throws what reading the file throws, `SBOM_INVALID`, `SBOM_UNSUPPORTED` and `JsonError` for its content, and `PLATFORM_NOT_FOUND` when
 * it says that it is about another platform than the one asked for.
 */
export async function openDocument(reference: SbomReference, options: DocumentOptions): Promise<OpenedDocument> {
  const { signal } = options;
  const document = readSbom(await readDocument(reference, LIMITS.sbomBytes, signal), reference.path);
  signal.throwIfAborted();
  const about = platformOf(document);
  if (about !== null && options.platform !== undefined) {
    choosePlatform([{ value: document, platform: about }], options, reference.text);
  }
  return {
    image: imageOf(document, reference),
    sbom: describeDocument(document),
    inventory: inventoryOf(document),
    links: linksTo(document),
  };
}

/** Of documents without a serial number there are none; a reference that several components have names none of them. */
function linksTo({ format, id, revision, components }: SbomDocument): ReadonlyMap<string, string> {
  if (format !== 'cyclonedx' || id === null || revision === undefined) {
    return new Map();
  }
  const bom = `urn:cdx:${id.toLowerCase().replace(/^urn:uuid:/, '')}/${revision}`;
  const byRef = Map.groupBy(components, ({ ref }) => ref);
  return new Map(
    [...byRef].flatMap(([ref, [component, ...more]]) => {
      const purl = component?.purl ?? null;
      return ref === null || purl === null || more.length > 0 ? [] : [[`${bom}#${ref}`, purl] as const];
    }),
  );
}

/** Null when the document does not say it, or in words that are no platform. */
function platformOf({ subject }: SbomDocument): Platform | null {
  try {
    return subject === null || subject.platform === null ? null : parsePlatform(subject.platform);
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
}

/** Sizes and digests of blobs, and the configuration, stand in no document. */
function imageOf({ subject }: SbomDocument, { text }: SbomReference): ReportImage {
  return {
    reference: text,
    source: 'sbom',
    digest: subject?.digest ?? null,
    id: subject?.id ?? null,
    platform: subject?.platform ?? null,
    platforms: [],
    layers: (subject?.layers ?? []).map((diffId, index) => ({
      index,
      diffId,
      digest: null,
      size: null,
      createdBy: null,
    })),
    config: null,
  };
}

function describeDocument(document: SbomDocument): ReportSbom {
  const { format, version, wrapping, name, id, created, tools, statedSubjects, subject, components } = document;
  return {
    format,
    version,
    wrapping,
    name,
    id,
    created,
    tools,
    image: subject?.name ?? null,
    statedSubjects,
    components: components.length,
  };
}
