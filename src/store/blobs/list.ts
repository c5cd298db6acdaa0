/** Where blobs can be kept: a folder for each beside this file. */
export const BLOB_DRIVERS = ['fs', 's3'] as const;
