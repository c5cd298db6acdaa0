import type { PackageRecord } from '#model/package.ts';
import type { NativeImage } from './native-image.ts';
import type { Component } from './parse-components.ts';

const VERSION = /^[0-9][A-Za-z0-9._+-]{0,99}$/;

/** Each once: the application may stand among its own components. One needs exactly those that the document names. */
export function toLibraryRecords(components: readonly Component[]): readonly PackageRecord[] {
  const names = new Map(
    components.flatMap((component) => (component.reference === '' ? [] : [[component.reference, exactly(component)]])),
  );
  const records = new Map<string, PackageRecord>();
  for (const component of components) {
    const key = exactly(component);
    const needed = new Set(component.needs.flatMap((reference) => names.get(reference) ?? []));
    needed.delete(key);
    if (!records.has(key)) {
      records.set(key, {
        type: 'maven',
        name: coordinates(component),
        version: component.version,
        ...(needed.size === 0 ? {} : { requires: [...needed] }),
        provides: [key],
        licenses: [],
      });
    }
  }
  return [...records.values()];
}

/** The class library of Java, parts of which are in every native image. */
export function toRuntimeRecord({ java, builder }: NativeImage): PackageRecord | null {
  return java === null || !VERSION.test(java)
    ? null
    : {
        type: 'generic',
        name: 'openjdk',
        version: java,
        ...(builder === null ? {} : { vendor: builder }),
        licenses: [],
        confidence: 'inferred',
      };
}

function coordinates({ group, name }: Component): string {
  return group === '' ? name : `${group}:${name}`;
}

function exactly(component: Component): string {
  return `${coordinates(component)} ${component.version}`;
}
