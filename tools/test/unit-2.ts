import { importHalf } from './unit.ts';

await importHalf(1);
