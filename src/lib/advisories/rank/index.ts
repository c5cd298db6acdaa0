export { type RankReaders, rankFindings } from './rank.ts';
