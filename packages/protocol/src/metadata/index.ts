export {
  CLIENT_LIST_JSON_TYPE, CLIENT_LIST_XML_TYPE, formatClientListJson, formatClientListXml, parseClientListJson, parseClientListXml, wantsJsonClientList,
  type ClientListEntry
} from './client-list.ts'
export {
  answerMethodList, formatMethodListJson, formatMethodListXml, METHOD_LIST_JSON_TYPE, parseMethodListJson, parseMethodListXml,
  type MethodList, type RestMethod
} from './method-list.ts'
export { answerGetWsdl, getWsdlContentType, parseGetWsdl, wsdlAttachmentHeaders, type GetWsdlRequest } from './get-wsdl.ts'
export { GET_WSDL_LOCATION, rewriteWsdlAddress } from './wsdl-address.ts'
export { clientWsdl, type ClientWsdlInput } from './client-wsdl.ts'
export { readWsdl, type WsdlDescription, type WsdlOperation } from './read-wsdl.ts'
export { decodeDescription } from './offset-tree.ts'
export { openApiDocument, openApiFormat, readOpenApi, rewriteOpenApi, type OpenApiDescription, type OpenApiFormat, type OpenApiOperation } from './openapi.ts'
