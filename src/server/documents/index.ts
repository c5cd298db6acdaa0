/** The documents of the installation, as every process of the server uses them. */
export { type OpenDocuments, openDocuments, openDocumentsAt } from './open-documents.ts';
