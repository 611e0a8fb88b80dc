export { startIdentityProvider, type IdentityProvider, type IdentityProviderClient, type IdentityProviderOptions } from './identity-provider.ts'
export { DEVELOPMENT_PERSONS, type DevelopmentPerson } from './persons.ts'
