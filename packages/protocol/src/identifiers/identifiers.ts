/** A member of an instance: the legal person that holds a seal (PR-MESS §2.1). */
export interface MemberId {
  readonly instance: string
  readonly memberClass: string
  readonly memberCode: string
}

/** A member, or with `subsystemCode` one of its subsystems. The two are never equal and rights do not pass between them. */
export interface ClientId extends MemberId {
  readonly subsystemCode?: string
}

/** A service of a client. REST services have no version. */
export interface ServiceId extends ClientId {
  readonly serviceCode: string
  readonly serviceVersion?: string
}

/** A gateway: its owner and the code that the owner gave it. */
export interface ServerId extends MemberId {
  readonly serverCode: string
}

export interface GlobalGroupId {
  readonly instance: string
  readonly groupCode: string
}

/** The member behind a client, a service or a server, without the parts below it. */
export function memberOf (id: MemberId): MemberId {
  return { instance: id.instance, memberClass: id.memberClass, memberCode: id.memberCode }
}

/** The client that provides a service. */
export function providerOf (service: ServiceId): ClientId {
  return service.subsystemCode === undefined
    ? memberOf(service)
    : { ...memberOf(service), subsystemCode: service.subsystemCode }
}

export function isSameMember (a: MemberId, b: MemberId): boolean {
  return a.memberCode === b.memberCode && a.memberClass === b.memberClass && a.instance === b.instance
}

/** Exact, case-sensitive comparison over all parts. */
export function isSameClient (a: ClientId, b: ClientId): boolean {
  return a.subsystemCode === b.subsystemCode && isSameMember(a, b)
}

export function isSameService (a: ServiceId, b: ServiceId): boolean {
  return a.serviceCode === b.serviceCode && a.serviceVersion === b.serviceVersion && isSameClient(a, b)
}

export function isSameServer (a: ServerId, b: ServerId): boolean {
  return a.serverCode === b.serverCode && isSameMember(a, b)
}
