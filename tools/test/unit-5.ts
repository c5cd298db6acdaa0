import { importPart } from './unit.ts';

await importPart(4);
