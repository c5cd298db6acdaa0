/** A component of another CycloneDX document (BOM-Link): `urn:cdx:serial/version#bom-ref`. */
export interface BomLink {
  /** `urn:cdx:serial/version`, the serial number in lower case. */
  readonly bom: string;
  readonly ref: string;
  /** All of it, as two links are compared. */
  readonly text: string;
}

const BOM = /^urn:cdx:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\/([1-9][0-9]{0,9})$/i;

/** Null for any other text, and for a link to a document as a whole. */
export function bomLink(text: string): BomLink | null {
  const hash = text.indexOf('#');
  const [, serial, version] = (hash === -1 ? null : BOM.exec(text.slice(0, hash))) ?? [];
  if (serial === undefined || version === undefined) {
    return null;
  }
  const bom = `urn:cdx:${serial.toLowerCase()}/${version}`;
  const ref = decoded(text.slice(hash + 1));
  return ref === '' ? null : { bom, ref, text: `${bom}#${ref}` };
}

/** The reference is percent-encoded where its author did so. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
