import { cyclonedx } from './cyclonedx/index.ts';
import type { SbomFormat, SbomWriter } from './format.ts';
import { spdx } from './spdx/index.ts';
import { syft } from './syft/index.ts';

/** Every SBOM format, sorted by id. */
export const sbomFormats = { cyclonedx, spdx, syft } as const satisfies Readonly<Record<string, SbomFormat>>;

/** Every version of every format, by what `-o` takes. */
export const sbomWriters = { ...cyclonedx.writers, ...spdx.writers } as const satisfies Readonly<
  Record<string, SbomWriter>
>;

/** `cyclonedx`, `cyclonedx@1.5` and so on. */
export type SbomName = keyof typeof sbomWriters;
