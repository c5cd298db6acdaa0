import { type Digest, isDigest } from '#base/digest.ts';
import type { PackageLocation } from '#model/package.ts';
import { absolute } from '../../said.ts';
import type { BomComponent } from './rules.ts';

/** The properties of a component by name; the first one where several have the same. */
export class Properties {
  readonly #values = new Map<string, string>();

  constructor(properties: BomComponent['properties'] = []) {
    for (const { name, value = '' } of properties) {
      if (!this.#values.has(name)) {
        this.#values.set(name, value);
      }
    }
  }

  text(name: string): string | null {
    const value = this.#values.get(name) ?? '';
    return value === '' ? null : value;
  }

  digest(name: string): Digest | null {
    const value = this.text(name);
    return value !== null && isDigest(value) ? value : null;
  }

  /** Where Syft and Trivy say that a component is. */
  locations(): readonly PackageLocation[] {
    const locations: PackageLocation[] = [];
    for (let at = 0; ; at += 1) {
      const path = this.text(`syft:location:${at}:path`);
      if (path === null) {
        break;
      }
      locations.push({ path: absolute(path), layer: this.digest(`syft:location:${at}:layerID`) });
    }
    const file = this.text('aquasecurity:trivy:FilePath');
    return file === null
      ? locations
      : [...locations, { path: absolute(file), layer: this.digest('aquasecurity:trivy:LayerDiffID') }];
  }
}
