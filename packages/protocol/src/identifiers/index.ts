export {
  type ClientId, type GlobalGroupId, type MemberId, type ServerId, type ServiceId,
  isSameClient, isSameMember, isSameServer, isSameService, memberOf, providerOf
} from './identifiers.ts'
export {
  describeClient, describeServer, describeService, encodeClientId, encodeServerId, encodeServiceId,
  formatClientId, formatServerId, formatServiceId
} from './format.ts'
export { decodeIdentifierPart, encodeIdentifierPart, oddCharacters } from './characters.ts'
export { parseClientId, parseServerId, parseServiceId, parseRepresentedParty, type RepresentedParty } from './parse.ts'
