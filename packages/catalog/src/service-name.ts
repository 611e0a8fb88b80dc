import type { ServiceId } from '@trembita/protocol/identifiers'

/** Reads `INSTANCE/CLASS/CODE/SUBSYSTEM/SERVICE[/VERSION]`, as entries name services. @throws {TypeError} */
export function parseServiceName (name: string): Required<Pick<ServiceId, 'subsystemCode'>> & ServiceId {
  const parts = name.split('/')
  const [instance, memberClass, memberCode, subsystemCode, serviceCode, serviceVersion] = parts
  if (parts.length < 5 || parts.length > 6 || parts.some((part) => part === '')) throw new TypeError(`${name} names no service`)
  const id = { instance: instance!, memberClass: memberClass!, memberCode: memberCode!, subsystemCode: subsystemCode!, serviceCode: serviceCode! }
  return serviceVersion === undefined ? id : { ...id, serviceVersion }
}

/** `INSTANCE/CLASS/CODE` of a service, subsystem or member. */
export function organisationOfName (name: string): string {
  return name.split('/').slice(0, 3).join('/')
}
