import type { Digest } from '#base/digest.ts';
import type { PackageLocation, PackageSource } from '#model/package.ts';
import type { SbomComponent, SbomHash } from '#model/sbom.ts';
import { parsePackageFacts } from '../../../facts.ts';
import { hashOf } from '../../../hash-names.ts';
import { absolute } from '../../said.ts';
import { Properties } from './properties.ts';
import type { BomComponent } from './rules.ts';

/** A component of any type. `at` is its place, `document` the name of the document for errors. */
export function toComponent(component: BomComponent, at: string, document: string): SbomComponent {
  const { type, name, group, version = '', purl } = component;
  const properties = new Properties(component.properties);
  const facts = properties.text('plimsoll:facts');
  const base = {
    at,
    ref: component['bom-ref'] ?? null,
    kind: type,
    purl: purl === undefined || purl === '' ? null : purl,
    hashes: toHashes(component.hashes),
  };
  if (facts !== null) {
    return { ...base, ...parsePackageFacts(facts, `${document}, ${at}, plimsoll:facts`) };
  }
  const vendor = component.supplier?.name ?? component.publisher ?? '';
  const source = trivySource(properties);
  return {
    ...base,
    name: group === undefined || group === '' ? name : `${group}/${name}`,
    version,
    licenses: licencesOf(component.licenses),
    ...(source === null ? {} : { source }),
    ...(vendor === '' ? {} : { vendor }),
    ...placeOf(component, properties),
    cataloger: null,
  };
}

export function toHashes(hashes: BomComponent['hashes'] = []): readonly SbomHash[] {
  return hashes.map(({ alg, content }) => hashOf(alg, content));
}

function licencesOf(choice: BomComponent['licenses'] = []): readonly string[] {
  return choice.map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? '');
}

function placeOf(
  { evidence }: BomComponent,
  properties: Properties,
): { readonly layer: Digest | null; readonly locations: readonly PackageLocation[] } {
  const said = properties.locations();
  const seen = (evidence?.occurrences ?? []).map(({ location }) => ({ path: absolute(location), layer: null }));
  const locations = said.length > 0 ? said : seen;
  return { layer: properties.digest('aquasecurity:trivy:LayerDiffID') ?? locations[0]?.layer ?? null, locations };
}

/** Trivy has the parts of a version in properties of their own. */
function trivySource(properties: Properties): PackageSource | null {
  const part = (name: string): string | null => properties.text(`aquasecurity:trivy:Src${name}`);
  const name = part('Name');
  if (name === null) {
    return null;
  }
  const epoch = part('Epoch');
  const release = part('Release');
  const version = [epoch === null || epoch === '0' ? '' : `${epoch}:`, part('Version') ?? '', release && `-${release}`];
  return { name, version: version.join('') };
}
