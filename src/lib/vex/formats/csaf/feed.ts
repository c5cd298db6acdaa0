export { partsOf } from './products.ts';
export { readCsafOfFeed } from './read-feed.ts';
