/**
 * Assemblies that have the name of their package, and its version in front of the commit: those of which this was seen in every application
 * that was looked into. Left out are all of .NET itself, which name a release of .NET and not the package's version (`8.0.10` in 8.0.2), of
 * Roslyn (`4.8.0-7.23558.1` in 4.8.0), and those with another name (`Fluid.dll` of Fluid.Core).
 */
export const ASSEMBLIES: readonly string[] = [
  'Azure.Core',
  'Azure.Core.Expressions.DataFactory',
  'Azure.Identity',
  'Azure.ResourceManager',
  'Microsoft.Identity.Client',
  'Microsoft.Identity.Client.Extensions.Msal',
  'Microsoft.IdentityModel.Abstractions',
  'NJsonSchema',
  'NJsonSchema.Annotations',
  'NJsonSchema.CodeGeneration',
  'NJsonSchema.CodeGeneration.CSharp',
  'NJsonSchema.CodeGeneration.TypeScript',
  'NJsonSchema.NewtonsoftJson',
  'NJsonSchema.Yaml',
  'Namotion.Reflection',
  'Newtonsoft.Json',
  'NuGet.Commands',
  'NuGet.Common',
  'NuGet.Configuration',
  'NuGet.Credentials',
  'NuGet.DependencyResolver.Core',
  'NuGet.Frameworks',
  'NuGet.LibraryModel',
  'NuGet.Packaging',
  'NuGet.ProjectModel',
  'NuGet.Protocol',
  'NuGet.Versioning',
  'Parlot',
  'System.ClientModel',
  'TimeZoneConverter',
];
