export { sbomFormats } from './formats/list.ts';
