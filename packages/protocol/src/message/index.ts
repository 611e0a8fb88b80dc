export { asBuffer } from './bytes.ts'
export { fromRawHeaders, lastHeader, STRIPPED_HEADERS, textOfWire, toRawHeaders, wireOfText, type HeaderList } from './headers.ts'
export { boundaryOf, contentTypeOf, type MediaType } from './media-type.ts'
export { checkSoapAction } from './soap-action.ts'
export {
  IDENTIFIERS_NS, REPRESENTATION_NS, SOAP12_NS, SOAP12_TYPES, SOAP_NS, SOAP_TYPES, XROAD_NS,
  type ParsedSoap, type SoapMessage, type SoapOptions
} from './soap.ts'
export { parseSoap } from './parse-soap.ts'
export { checkSoapAnswer, formatIdentifierParts, prepareSoapAnswer, withBody, withRequestHash, type SoapAnswerInput } from './soap-answer.ts'
export { REQUEST_HASH_URI, restRequestHash, soapRequestHash } from './request-hash.ts'
export { REST_HEAD_BYTES_MAX, REST_METHODS, type RestRequest, type RestResponse } from './rest.ts'
export { createRestRequest, parseRestRequest, type RestRequestInput } from './rest-request.ts'
export { checkRestAnswer, createRestResponse, parseRestResponse, type RestResponseInput } from './rest-response.ts'
export { matchesEndpoint, restPathForMatching, type Endpoint } from './endpoint.ts'
export { fromUxp, withoutVersion, type UxpRequest, type UxpRequestInput } from './uxp-request.ts'
export { formatUxpFault, purposeIdsOf, uxpAnswerHeaders, uxpServiceHeaders } from './uxp-answer.ts'
