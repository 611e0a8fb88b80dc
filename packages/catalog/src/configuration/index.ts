export { CurrentConfiguration } from './current-configuration.ts'
export { downloadConfiguration, SignedConfiguration } from './signed-configuration.ts'
