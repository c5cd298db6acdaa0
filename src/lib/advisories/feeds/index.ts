/** What feeds have in common: documents that are asked for conditionally, and read one record at a time however large they are. */
export { askDocuments } from './ask-documents.ts';
export type { FeedMember } from './member.ts';
export { readTarDocuments } from './read-archive.ts';
export { FEED_LIMITS, readDecompressed, readMembers } from './read-members.ts';
export { readRecord, UNDATED } from './read-record.ts';
export { refreshMembers } from './refresh-members.ts';
