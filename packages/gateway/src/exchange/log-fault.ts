import type { Logger } from '@trembita/daemon'
import { RelayedFault, type Fault } from '@trembita/protocol/fault'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Writes one line about a refusal. The text of a fault that came from elsewhere is not ours and may speak of a person:
 * it stays out of the log, and its code and detail go in only when they look like such.
 */
export function logFault (log: Logger, fault: Fault, fields: object): void {
  if (fault instanceof RelayedFault) {
    const detail = UUID.test(fault.detail) ? { detail: fault.detail } : {}
    log.info({ ...fields, code: /^[\w.:-]{1,120}$/.test(fault.code) ? fault.code : 'other', ...detail }, 'fault passed on')
    return
  }
  const entry = { ...fields, code: fault.code, detail: fault.detail, ...(fault.cause === undefined ? {} : { err: fault.cause }) }
  // The protocol calls many a mistake of a caller an internal error; ours have a cause.
  if (fault.kind === 'InternalError' && fault.cause !== undefined) log.error(entry, fault.message)
  else log.warn(entry, fault.message)
}
