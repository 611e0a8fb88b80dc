export { DEVELOPMENT_CLIENTS } from './clients.ts'
export { startIdentityProvider, type IdentityProvider, type IdentityProviderClient, type IdentityProviderOptions } from './identity-provider.ts'
export { ASSURANCES, type Assurance, type DevelopmentPerson, type IdentityClaims, type PersonGroup } from './person.ts'
export { DEVELOPMENT_PERSONS, developmentPerson } from './persons.ts'
