/** Where one kind of feed is taken from. Of several settings whose provider has an ecosystem, the first speaks for it. */
export interface AdvisorySourceSetting {
  /** The id of the provider. */
  readonly provider: string;
  /** A URL, or an absolute folder, in the layout that the provider expects. */
  readonly place: string;
  /** Only for these, without release; null for all that the provider has. */
  readonly ecosystems: readonly string[] | null;
  /** A file of armoured OpenPGP keys, absolute: documents without a signature by one of them are refused. */
  readonly key?: string;
}
