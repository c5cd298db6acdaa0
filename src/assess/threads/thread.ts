import { serveLayers } from '#lib/layers/index.ts';
import { loadCataloging } from '#lib/packages/index.ts';

const { catalogers } = await loadCataloging();

/** The program of the threads that read the layers of an image side by side. */
await serveLayers(catalogers);
