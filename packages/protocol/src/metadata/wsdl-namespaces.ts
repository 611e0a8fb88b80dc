export const WSDL_NS = 'http://schemas.xmlsoap.org/wsdl/'
export const WSDL_SOAP_NS = 'http://schemas.xmlsoap.org/wsdl/soap/'
export const WSDL_SOAP12_NS = 'http://schemas.xmlsoap.org/wsdl/soap12/'
export const XS_NS = 'http://www.w3.org/2001/XMLSchema'

/** Namespaces of SOAP bindings and addresses, both versions. */
export const WSDL_SOAP_NAMESPACES: ReadonlySet<string> = new Set([WSDL_SOAP_NS, WSDL_SOAP12_NS])
