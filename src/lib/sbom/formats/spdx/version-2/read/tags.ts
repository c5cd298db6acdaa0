/** Where a tag of the tag-value form belongs. */
export type Section =
  | 'document'
  | 'creation'
  | 'package'
  | 'file'
  | 'snippet'
  | 'licence'
  | 'relationship'
  | 'annotation'
  | 'review';

/** How the text of a tag becomes a member of the JSON form. */
export type Form = 'text' | 'flag' | 'checksum' | 'external' | 'verification' | 'relationship' | 'document-ref';

export interface Tag {
  readonly section: Section;
  /** Its name in the JSON form; null for what is not read. */
  readonly member: string | null;
  readonly form: Form;
  /** May stand several times in one element; a list in JSON. */
  readonly many: boolean;
  /** Begins an element of its section. */
  readonly starts: boolean;
}

/** Every tag of SPDX 2.2 and 2.3 (clauses 6 to 13), and of 2.1 what 2.2 still allows. A star: several times; a plus: begins an element. */
const TABLE = `
  document SPDXVersion=spdxVersion DataLicense=dataLicense DocumentName=name DocumentNamespace=documentNamespace
    DocumentComment=comment ExternalDocumentRef=externalDocumentRefs:document-ref*
  creation Creator=creators* Created=created CreatorComment=comment LicenseListVersion=licenseListVersion
  package PackageName=name+ PackageVersion=versionInfo PackageFileName=packageFileName PackageSupplier=supplier
    PackageOriginator=originator PackageDownloadLocation=downloadLocation FilesAnalyzed=filesAnalyzed:flag
    PackageVerificationCode=packageVerificationCode:verification PackageChecksum=checksums:checksum* PackageHomePage=homepage
    PackageSourceInfo=sourceInfo PackageLicenseConcluded=licenseConcluded PackageLicenseInfoFromFiles=licenseInfoFromFiles*
    PackageLicenseDeclared=licenseDeclared PackageLicenseComments=licenseComments PackageCopyrightText=copyrightText
    PackageSummary=summary PackageDescription=description PackageComment=comment ExternalRef=externalRefs:external*
    ExternalRefComment=-* PackageAttributionText=attributionTexts* PrimaryPackagePurpose=primaryPackagePurpose
    ReleaseDate=releaseDate BuiltDate=builtDate ValidUntilDate=validUntilDate
  file FileName=fileName+ FileType=fileTypes* FileChecksum=checksums:checksum* LicenseConcluded=licenseConcluded
    LicenseInfoInFile=licenseInfoInFiles* LicenseComments=licenseComments FileCopyrightText=copyrightText FileComment=comment
    FileNotice=noticeText FileContributor=fileContributors* FileAttributionText=attributionTexts* FileDependency=-*
    ArtifactOfProjectName=-* ArtifactOfProjectHomePage=-* ArtifactOfProjectURI=-*
  snippet SnippetSPDXID=-+ SnippetFromFileSPDXID=- SnippetByteRange=- SnippetLineRange=- SnippetLicenseConcluded=-
    LicenseInfoInSnippet=-* SnippetLicenseComments=- SnippetCopyrightText=- SnippetComment=- SnippetName=-
    SnippetAttributionText=-*
  licence LicenseID=licenseId+ ExtractedText=extractedText LicenseName=name LicenseCrossReference=seeAlsos* LicenseComment=comment
  relationship Relationship=relationship:relationship+ RelationshipComment=comment
  annotation Annotator=annotator+ AnnotationDate=annotationDate AnnotationType=annotationType SPDXREF=spdxRef AnnotationComment=comment
  review Reviewer=-+ ReviewDate=- ReviewComment=-`;

export const TAGS: ReadonlyMap<string, Tag> = new Map(
  TABLE.trim()
    .split(/\n {2}(?=[a-z])/)
    .flatMap((line) => {
      const [section = '', ...tags] = line.trim().split(/\s+/);
      return tags.map((tag) => toTag(section as Section, tag));
    }),
);

function toTag(section: Section, text: string): readonly [string, Tag] {
  const [name = '', rest = ''] = text.split('=');
  const [member = '', form = 'text'] = rest.replace(/[*+]$/, '').split(':');
  return [
    name,
    {
      section,
      member: member === '-' ? null : member,
      form: form as Form,
      many: rest.endsWith('*'),
      starts: rest.endsWith('+'),
    },
  ];
}
