import { LIMITS } from '#base/limits.ts';
import type { FileDigests } from '#lib/layers/index.ts';
import { loadCataloging } from '#lib/packages/index.ts';
import {
  type Difference,
  declaredFiles,
  diffFiles,
  diffPackages,
  type FileContent,
  observePackages,
  type Sight,
  scopeOf,
  typesOf,
} from '#lib/sbom/index.ts';
import { isEndOfLife, type SbomMismatch } from '#model/finding.ts';
import type { Inventory } from '#model/inventory.ts';
import type { PackageType } from '#model/package.ts';
import type { Declaration, Report } from '#model/report.ts';
import type { AttestedSbom } from '../evidence.ts';
import { layerIdOf } from '../layer-id.ts';
import { type DeclaredDocument, readDocuments } from './documents.ts';

/** What a comparison goes by. */
export interface DeclaredInput {
  readonly inventory: Inventory;
  readonly attested: readonly AttestedSbom[];
  /** Of the files of the image; asked only when a document has digests of files. */
  readonly digests: () => Promise<FileDigests>;
}

/** The report with what SBOM documents on the image and in it declare otherwise (ADR 103). Throws what reading layers throws. */
export async function compareDeclared(
  report: Report,
  { inventory, attested, digests }: DeclaredInput,
): Promise<Report> {
  const { documents, unknowns } = readDocuments(attested, inventory.documents ?? [], report.image.digest);
  const observed = observePackages(inventory.packages, await sightOf(inventory));
  const declarations: Declaration[] = [];
  const findings: SbomMismatch[] = [];
  let files: FileDigests | null = null;
  for (const found of documents) {
    const { document, place } = found;
    const scope = scopeOf(document, place);
    const types = scope === 'part' || scope === 'build' ? [] : typesOf(document);
    const packages =
      scope === 'build' ? { differences: [], compared: 0 } : diffPackages(document, scope, types, observed);
    const declared = declaredFiles(document);
    files ??= declared.size > 0 && scope === 'image' ? await digests() : null;
    const contents = files;
    const compared = diffFiles(declared, scope, (path) =>
      contents === null ? { kind: 'no-digest' } : contentIn(contents, path),
    );
    const differences = [...packages.differences, ...compared.differences];
    const index = declarations.length;
    findings.push(
      ...differences.slice(0, LIMITS.sbomMismatches - findings.length).map((one) => toMismatch(one, found, index)),
    );
    declarations.push({
      ...found.origin,
      document: describe(document),
      scope,
      types,
      compared: packages.compared,
      comparedFiles: compared.compared,
      mismatches: differences.length,
    });
  }
  return {
    ...report,
    findings: [
      ...report.findings.filter((one) => !isEndOfLife(one)),
      ...findings,
      ...report.findings.filter(isEndOfLife),
    ],
    unknowns: [...report.unknowns, ...unknowns],
    ...(declarations.length === 0 ? {} : { declarations }),
  };
}

function describe({
  format,
  version,
  name,
  id,
  created,
  tools,
  components,
}: DeclaredDocument['document']): Declaration['document'] {
  return { format, version, name, id, created, tools, components: components.length };
}

function contentIn(files: FileDigests, path: string): FileContent {
  const found = files.find(path);
  return typeof found === 'string'
    ? { kind: found }
    : { kind: 'digest', digest: found.digest, layer: layerIdOf(files.layers[found.layer]) };
}

/** Where packages would have been found, and where something was that could not be read. */
async function sightOf({ unknowns }: Inventory): Promise<Sight> {
  const { catalogersFor } = await loadCataloging();
  const catalogers = await catalogersFor({ lockFiles: false });
  const byType = new Map<PackageType, typeof catalogers>();
  for (const type of new Set(catalogers.flatMap(({ capabilities }) => capabilities.packageTypes))) {
    byType.set(
      type,
      catalogers.filter(({ capabilities }) => capabilities.packageTypes.includes(type)),
    );
  }
  const unread = unknowns.filter(({ kind }) => kind === 'unreadable' || kind === 'integrity');
  const isWhole = unread.every(({ path }) => path !== null);
  const paths = new Set(unread.flatMap(({ path }) => path ?? []));
  const analysers = new Set(unread.map(({ analyser }) => analyser));
  return {
    looksInto: (type, path) =>
      (byType.get(type) ?? []).some((member) => member.wants({ path: path.replace(/^\/+/, ''), mode: 0o755, size: 1 })),
    mayHide: (type, path) =>
      !isWhole || (path === null ? (byType.get(type) ?? []).some(({ id }) => analysers.has(id)) : paths.has(path)),
  };
}

function toMismatch(one: Difference, { origin }: DeclaredDocument, document: number): SbomMismatch {
  const { difference, about, declared, found } = one;
  const isPackage = about.kind === 'package';
  return {
    kind: 'sbom-mismatch',
    id: `sbom-mismatch/${difference}`,
    severity: origin.trusted ? 'unknown' : 'low',
    difference,
    package: isPackage
      ? { purl: about.purl, name: about.name, version: about.version }
      : { purl: '', name: about.path, version: '' },
    locations: isPackage ? about.locations : found === null ? [] : [{ path: about.path, layer: about.layer }],
    layer: about.layer,
    title: titleOf(one, isPackage ? about.name : about.path, origin),
    declared,
    found,
    document,
  };
}

function titleOf(
  { difference, declared, found }: Difference,
  name: string,
  origin: DeclaredDocument['origin'],
): string {
  const document = origin.path ?? `attestation ${origin.blob ?? ''}`;
  switch (difference) {
    case 'absent':
      return `${name} ${declared ?? ''} is declared by ${document} and not in the image`;
    case 'undeclared':
      return `${name} ${found ?? ''} is in the image and not declared by ${document}`;
    case 'version':
    case 'hash':
      return `${name} is ${found ?? ''} in the image and declared as ${declared ?? ''} by ${document}`;
  }
}
