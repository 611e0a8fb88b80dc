import { Fault } from '@trembita/protocol/fault'
import { openApiFormat, readOpenApi, readWsdl } from '@trembita/protocol/metadata'
import { AnnotationError, openApiRules, wsdlRules } from '../../accesslog/index.ts'
import type { ClientConf, EndpointPattern, ServiceToWrite, ServiceType } from '../../serverconf/index.ts'
import { runningOf, type AdminDeps } from '../deps.ts'
import { checkCode } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'

/** Codes that the gateway answers itself (xroad-trust §1.4). */
const RESERVED: ReadonlySet<string> = new Set([
  'listClients', 'listMethods', 'allowedMethods', 'getWsdl', 'getOpenAPI', 'getSecurityServerMetrics', 'getSecurityServerOperationalData', 'getSecurityServerHealthData'
])
/** Somebody waits for the answer. */
const DOWNLOAD_TIMEOUT_SECONDS = 20

export interface WantedDescription {
  readonly type: ServiceType
  readonly url: string
  /** Code of the one service of an OpenAPI or REST description. */
  readonly serviceCode: string | undefined
}

/**
 * Reads what a description offers: a WSDL or an OpenAPI document from where it is, a REST service from its address alone.
 *
 * @throws {Refusal} when it cannot be had or read, or a service in it could not be called by its code.
 */
export async function readDescription (deps: AdminDeps, client: ClientConf, { type, url, serviceCode }: WantedDescription): Promise<ServiceToWrite[]> {
  checkUrl('url', url)
  if (type === 'WSDL') return await readWsdlServices(deps, client, url)
  if (serviceCode === undefined) throw new Refusal('invalid', 'missing_parameter', `a service of type ${type} needs a code`, { fields: { rest_service_code: 'is required' } })
  checkServiceCode(serviceCode)
  return type === 'REST' ? [{ code: serviceCode, url, endpoints: [] }] : [await readOpenApiService(deps, client, url, serviceCode)]
}

/** @throws {Refusal} unless it is an absolute address by http or https. */
export function checkUrl (field: string, url: string): void {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw new Refusal('invalid', 'validation_failure', `${field} is no usable address`, { fields: { [field]: 'expected an address that begins with http:// or https://' } })
}

function checkServiceCode (code: string): void {
  checkCode('service_code', code)
  if (RESERVED.has(code)) throw new Refusal('conflict', 'invalid_service_identifier', 'the gateway answers this code itself', { metadata: [code] })
}

async function readWsdlServices (deps: AdminDeps, client: ClientConf, url: string): Promise<ServiceToWrite[]> {
  const { bytes } = await fetch(deps, client, url, 'wsdl_download_failed')
  const { operations } = parsed(() => readWsdl(bytes), 'invalid_wsdl')
  const rules = parsed(() => wsdlRules(bytes), 'invalid_wsdl')
  if (operations.length === 0) throw new Refusal('invalid', 'invalid_wsdl', 'the WSDL offers no operation by SOAP')
  return operations.map(({ serviceCode, serviceVersion, title, location }) => {
    checkServiceCode(serviceCode)
    if (serviceVersion !== undefined) checkCode('service_version', serviceVersion)
    if (location === undefined) throw new Refusal('invalid', 'invalid_wsdl', 'the WSDL has a port without an address', { metadata: [serviceCode] })
    const address = URL.parse(location, url)
    if (address === null || !/^https?:$/.test(address.protocol)) throw new Refusal('invalid', 'invalid_wsdl', 'the WSDL has a port whose address cannot be used', { metadata: [serviceCode] })
    return { code: serviceCode, version: serviceVersion, title, url: address.href, endpoints: [], accessRules: rules.get(serviceCode) ?? [] }
  })
}

async function readOpenApiService (deps: AdminDeps, client: ClientConf, url: string, code: string): Promise<ServiceToWrite> {
  const { bytes, contentType } = await fetch(deps, client, url, 'openapi_file_not_found')
  const format = openApiFormat(contentType, url)
  const { title, servers, operations } = parsed(() => readOpenApi(bytes, format), 'openapi_parsing_error')
  // Relative server addresses start at the document (OpenAPI 3.1 §4.8.5); without any, the service is where the document is.
  const base = URL.parse(servers[0] ?? '/', url)
  if (base === null || !/^https?:$/.test(base.protocol)) throw new Refusal('invalid', 'openapi_parsing_error', 'the first server of the description has no usable address')
  const endpoints = new Map<string, EndpointPattern>()
  for (const { method, path } of operations) endpoints.set(`${method} ${path}`, { method, path })
  return { code, title, url: base.href, endpoints: [...endpoints.values()], accessRules: parsed(() => openApiRules(bytes, format), 'openapi_parsing_error') }
}

async function fetch (deps: AdminDeps, client: ClientConf, url: string, code: string): Promise<{ readonly bytes: Buffer, readonly contentType: string | undefined }> {
  try {
    return await runningOf(deps).services.fetchDescription({
      type: 'REST',
      code: '',
      url,
      descriptionUrl: url,
      timeoutSeconds: DOWNLOAD_TIMEOUT_SECONDS,
      // Before the client has any certificate to hold its information systems to, none can be asked for.
      verifyTls: client.certificateHashes.size > 0,
      completeHeader: false,
      agreement: 'none',
      endpoints: []
    }, client)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Refusal('failed', code, cause.message, { cause, metadata: [url] })
  }
}

function parsed<T> (read: () => T, code: string): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof Fault || cause instanceof AnnotationError)) throw cause
    throw new Refusal('invalid', code, cause.message, { cause })
  }
}
