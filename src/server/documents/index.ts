/** The documents of the installation, as every process of the server uses them. */
export { type OpenDocuments, openDocuments } from './open-documents.ts';
