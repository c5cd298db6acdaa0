/** Exceptions as other tools have them. */
export { type ExceptionImport, type ImportedExceptions, importExceptions } from './import-exceptions.ts';
