import { serveLayers } from '#lib/layers/index.ts';
import { loadCataloging } from '#lib/packages/index.ts';

const { catalogersFor } = await loadCataloging();
const installed = await catalogersFor({ lockFiles: false });
const known = new Set(installed.map(({ id }) => id));

/** The program of the threads that read the layers of an image side by side. */
await serveLayers(async (ids) =>
  ids.every((id) => known.has(id)) ? installed : await catalogersFor({ lockFiles: true }),
);
