import { serveLayers } from '#lib/layers/index.ts';
import { catalogers } from '#lib/packages/index.ts';

/** The program of the threads that read the layers of an image side by side. */
serveLayers(catalogers);
