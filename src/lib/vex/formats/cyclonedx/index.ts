import { quote } from '#base/error.ts';
import type { Fields } from '#base/json/fields.ts';
import { membersOf } from '#base/json/members.ts';
import type { VexDocument } from '../../document.ts';
import { vexFields } from '../../fields.ts';
import type { VexFormat, VexSource } from '../format.ts';
import { Components } from './components.ts';
import { readVulnerability } from './vulnerability.ts';

export const cyclonedx: VexFormat = {
  id: 'cyclonedx',
  capabilities: {
    title: 'CycloneDX VEX, in JSON',
    versions: ['1.4', '1.5', '1.6', '1.7'],
    specification: 'https://cyclonedx.org/capabilities/vex/',
  },
  claims: (members) => members.get('bomFormat') === 'CycloneDX',
  read: (value, source) => readDocument(vexFields(value, source.name), source),
};

/** Vulnerabilities without an analysis say nothing of the products; a document of them alone is no VEX. */
function readDocument(fields: Fields, source: VexSource): VexDocument {
  fields.word('bomFormat', ['CycloneDX']);
  fields.word('specVersion', cyclonedx.capabilities.versions);
  const metadata = fields.optionalFields('metadata');
  const timestamp = metadata?.optionalTime('timestamp') ?? null;
  const version = fields.has('version') ? fields.positiveInteger('version') : 1;
  const serial = readSerial(fields);
  const link = serial === null ? null : `urn:cdx:${serial}/${version}`;
  const components = Components.of(fields, link);
  const vulnerabilities = fields.optionalItems('vulnerabilities');
  const analysed = vulnerabilities.filter(hasState);
  if (analysed.length === 0) {
    const found = vulnerabilities.length === 0 ? 'none' : `${vulnerabilities.length} without`;
    throw fields.invalid('vulnerabilities', 'at least one with an analysis that has a state', found);
  }
  return {
    name: source.name,
    format: 'cyclonedx',
    id: link ?? source.id,
    author: authorOf(metadata) ?? 'an author who is not named',
    timestamp,
    version: String(version),
    statements: analysed.flatMap((item) => readVulnerability(item, components, timestamp)),
  };
}

function hasState(vulnerability: Fields): boolean {
  const analysis = vulnerability.optionalFields('analysis');
  return analysis !== null && analysis.optionalText('state') !== null;
}

/** Whether a document of this format, however broken, has a vulnerability with an analysis. */
export function holdsAnalyses(document: unknown): boolean {
  const vulnerabilities = membersOf(document)?.get('vulnerabilities');
  return Array.isArray(vulnerabilities) && vulnerabilities.some((item) => membersOf(item)?.has('analysis') === true);
}

const UUID = /^urn:uuid:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

function readSerial(fields: Fields): string | null {
  const text = fields.optionalText('serialNumber');
  const serial = text === null ? null : UUID.exec(text)?.[1];
  if (serial === undefined) {
    throw fields.invalid('serialNumber', 'urn:uuid: and a UUID', quote(text ?? '', 80));
  }
  return serial?.toLowerCase() ?? null;
}

function authorOf(metadata: Fields | null): string | null {
  const authors = metadata?.optionalItems('authors').flatMap((author) => author.optionalText('name') ?? []) ?? [];
  const [author] = authors;
  const parties = ['manufacturer', 'manufacture', 'supplier'].flatMap(
    (name) => metadata?.optionalFields(name)?.optionalText('name') ?? [],
  );
  return author ?? parties[0] ?? null;
}
