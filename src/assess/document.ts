import { LIMITS } from '#base/limits.ts';
import { readDocument, type SbomReference } from '#lib/oci/index.ts';
import { inventoryOf, readSbom } from '#lib/sbom/index.ts';
import type { Inventory } from '#model/inventory.ts';
import type { ReportImage, ReportSbom } from '#model/report.ts';
import type { SbomDocument } from '#model/sbom.ts';

/** A document in place of an image: what it says, all of it unverified. */
export interface OpenedDocument {
  readonly image: ReportImage;
  readonly sbom: ReportSbom;
  readonly inventory: Inventory;
}

/** Throws what reading the file throws, and `SBOM_INVALID`, `SBOM_UNSUPPORTED` and `JsonError` for its content. */
export async function openDocument(reference: SbomReference, signal: AbortSignal): Promise<OpenedDocument> {
  const document = readSbom(await readDocument(reference, LIMITS.sbomBytes, signal), reference.path);
  signal.throwIfAborted();
  return { image: imageOf(document, reference), sbom: describeDocument(document), inventory: inventoryOf(document) };
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
